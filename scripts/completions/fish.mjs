/** A completion for fish: a line for each option, and a function that says where among the operands the cursor is. */

/** @typedef {import('./model.mjs').Program} Program */
/** @typedef {import('./model.mjs').Command} Command */
/** @typedef {import('./values.mjs').Offer} Offer */

const DOORS = [
  'function __fish_postern_doors',
  '    set -l tokens (commandline -opc)',
  '    set -l config',
  '    for at in (seq (count $tokens))',
  '        if contains -- $tokens[$at] -c --config',
  '            set config $tokens[(math $at + 1)]',
  "        else if string match -q -- '--config=*' $tokens[$at]",
  "            set config (string replace -- --config= '' $tokens[$at])",
  '        end',
  '    end',
  '    postern config doors $config 2>/dev/null',
  'end',
  '',
];

/** @param {Program} program @returns {string} */
export function fishCompletion({ name, commands }) {
  const hasCommands = commands.length > 1;
  const lines = [
    `# fish completion for ${name}`,
    '',
    ...helpers(name, commands),
    '',
    `complete -c ${name} -f`,
    ...(hasCommands
      ? commands.map(
          (command) =>
            `complete -c ${name} -n '__fish_${name}_at ""' -a ${command.name} -d ${quoted(command.summary)}`,
        )
      : []),
    ...commands.flatMap((command) => [
      ...command.options.map((option) => optionLine(name, command, option)),
      ...command.operands.flatMap(({ offers }, at) => operandLines(name, command, at, offers)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * `__fish_postern_at open 1`: the cursor is behind the command `open` and one operand of it. `__fish_postern_in open`: it is
 * somewhere behind that command.
 * @param {string} name @param {readonly Command[]} commands
 */
function helpers(name, commands) {
  const hasCommands = commands.length > 1;
  return [
    `function __fish_${name}_words --description 'the command, then the operands before the cursor'`,
    '    set -l tokens (commandline -opc)',
    '    set -l command',
    '    set -l isValue no',
    '    for token in $tokens[2..-1]',
    '        if test $isValue = yes',
    '            set isValue no',
    '            continue',
    '        end',
    '        switch "$command $token"',
    ...commands.flatMap((command) => {
      const taking = command.options.filter(({ placeholder }) => placeholder !== '');
      const spellings = taking.flatMap(({ short, long }) =>
        short === '' ? [`--${long}`] : [`-${short}`, `--${long}`],
      );
      if (spellings.length === 0) return [];
      return [
        `            case ${spellings.map((word) => quoted(`${command.name} ${word}`)).join(' ')}`,
        '                set isValue yes',
      ];
    }),
    "            case '* -*'",
    "            case '*'",
    ...(hasCommands
      ? ['                test -z "$command"; and set command $token', '                echo $token']
      : ['                echo $token']),
    '        end',
    '    end',
    'end',
    '',
    ...(hasCommands
      ? [
          `function __fish_${name}_at`,
          `    set -l words (__fish_${name}_words)`,
          '    if test -z "$argv[1]"',
          '        test (count $words) -eq 0',
          '        return',
          '    end',
          '    test "$words[1]" = "$argv[1]"; and test (count $words) -eq (math $argv[2] + 1)',
          'end',
          '',
          `function __fish_${name}_in`,
          `    set -l words (__fish_${name}_words)`,
          '    test "$words[1]" = "$argv[1]"',
          'end',
        ]
      : [`function __fish_${name}_at`, `    test (count (__fish_${name}_words)) -eq $argv[2]`, 'end']),
    '',
    ...(hasCommands ? DOORS : []),
  ];
}

/** @param {string} program @param {Command} command @param {import('./model.mjs').Option} option */
function optionLine(program, command, { short, long, placeholder, summary, offer }) {
  const parts = [`complete -c ${program}`];
  if (command.name !== '') parts.push(`-n '__fish_${program}_in ${command.name}'`);
  if (short !== '') parts.push(`-s ${short}`);
  parts.push(`-l ${long}`);
  if (placeholder !== '') parts.push(...valueParts(offer));
  parts.push(`-d ${quoted(summary)}`);
  return parts.join(' ');
}

/** @param {Offer} offer */
function valueParts(offer) {
  if (offer.kind === 'file') return ['-rF'];
  const words = candidates(offer);
  return words === undefined ? ['-x'] : ['-x', `-a ${quoted(words)}`];
}

/** @param {string} program @param {Command} command @param {number} at @param {readonly Offer[]} offers */
function operandLines(program, command, at, offers) {
  const where = `-n '__fish_${program}_at ${command.name || '""'} ${at}'`;
  return offers.flatMap((offer) => {
    if (offer.kind === 'file') return [`complete -c ${program} ${where} -F`];
    const words = candidates(offer);
    return words === undefined ? [] : [`complete -c ${program} ${where} -a ${quoted(words)}`];
  });
}

/** @param {Offer} offer @returns {string | undefined} */
function candidates(offer) {
  switch (offer.kind) {
    case 'nothing':
    case 'file':
      return undefined;
    case 'words':
      return offer.words.join(' ');
    case 'directory':
      return '(__fish_complete_directories)';
    case 'hosts':
      return '(__fish_print_hostnames)';
    case 'interfaces':
      return 'any auto (__fish_print_interfaces)';
    case 'doors':
      return '(__fish_postern_doors)';
    case 'profiles':
      return "(knock --list 2>/dev/null | string replace -r '\\s.*' '')";
  }
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
