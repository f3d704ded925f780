/** A completion for zsh, by its own _arguments. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's

/** @typedef {import('./model.mjs').Program} Program */
/** @typedef {import('./model.mjs').Command} Command */
/** @typedef {import('./values.mjs').Offer} Offer */

/** Functions of which a completion has those that it calls. `opt_args` is of _arguments. */
const HELPERS = [
  {
    name: '_postern_doors',
    lines: [
      '_postern_doors() {',
      '  local config=${opt_args[-c]:-${opt_args[--config]}}',
      '  local -a doors=(${(f)"$(_call_program doors postern config doors $config 2>/dev/null)"})',
      '  compadd -a doors',
      '}',
      '',
    ],
  },
  {
    name: '_knock_profiles',
    lines: [
      '_knock_profiles() {',
      '  local -a profiles=(${${(f)"$(_call_program profiles knock --list 2>/dev/null)"}%%[[:space:]]*})',
      '  compadd -a profiles',
      '}',
      '',
    ],
  },
  {
    name: '_postern_interfaces',
    lines: ['_postern_interfaces() {', '  compadd any auto', '  _net_interfaces', '}', ''],
  },
];

/** @param {Program} program @returns {string} */
export function zshCompletion({ name, commands }) {
  const [only] = commands;
  const body =
    commands.length === 1 && only !== undefined
      ? [`  _arguments -s -S ${specs(only).join(' \\\n    ')}`]
      : [
          `  _arguments -C '1: :->command' '*:: :->rest' && return`,
          '  case $state in',
          '    command)',
          '      local -a commands=(',
          ...commands.map(({ name: word, summary }) => `        ${quoted(`${word}:${summary}`)}`),
          '      )',
          `      _describe -t commands command commands`,
          '      ;;',
          '    rest)',
          '      case $words[1] in',
          ...commands
            .filter((command) => specs(command).length > 0)
            .map(
              (command) =>
                `        ${command.name}) _arguments -s -S ${specs(command).join(' \\\n          ')} ;;`,
            ),
          '      esac',
          '      ;;',
          '  esac',
        ];
  const text = [
    `#compdef ${name}`,
    '',
    ...HELPERS.filter(({ name: helper }) => body.join('\n').includes(helper)).flatMap(({ lines }) => lines),
    `_${name}() {`,
    '  local curcontext="$curcontext" state line',
    '  typeset -A opt_args',
    ...body,
    '}',
    '',
    `_${name} "$@"`,
  ];
  return `${text.join('\n')}\n`;
}

/** @param {Command} command @param {string} [name] */
function specs({ options, operands }) {
  return [
    ...options.map(optionSpec),
    ...operands.map(({ name, offers }, at) => quoted(`${at + 1}:${name}:${action(offers)}`)),
  ];
}

/** @param {import('./model.mjs').Option} option */
function optionSpec({ short, long, placeholder, summary, offer }) {
  const text = `[${summary.replaceAll(/[[\]:]/g, '\\$&')}]`;
  const value = placeholder === '' ? '' : `:${placeholder}:${action([offer])}`;
  if (short === '') return quoted(`--${long}${placeholder === '' ? '' : '='}${text}${value}`);
  const [one, other] = placeholder === '' ? [`-${short}`, `--${long}`] : [`-${short}+`, `--${long}=`];
  return `${quoted(`(-${short} --${long})`)}{${one},${other}}${quoted(`${text}${value}`)}`;
}

/** @param {readonly Offer[]} offers */
function action(offers) {
  const all = offers.flatMap((offer) => one(offer) ?? []);
  const isSet = all.length === offers.length && offers.every(({ kind }) => kind === 'words');
  if (isSet) return `(${offers.flatMap((offer) => (offer.kind === 'words' ? offer.words : [])).join(' ')})`;
  if (all.length <= 1) return all[0] ?? ' ';
  return `_alternative ${all.map((each, at) => `a${at}::"${each}"`).join(' ')}`;
}

/** @param {Offer} offer @returns {string | undefined} */
function one(offer) {
  switch (offer.kind) {
    case 'nothing':
      return undefined;
    case 'words':
      return `(${offer.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'hosts':
      return '_hosts';
    case 'interfaces':
      return '_postern_interfaces';
    case 'doors':
      return '_postern_doors';
    case 'profiles':
      return '_knock_profiles';
  }
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
