/** A completion for bash: a function that walks over the words before the cursor, and needs nothing but bash. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's

/** @typedef {import('./model.mjs').Program} Program */
/** @typedef {import('./model.mjs').Command} Command */
/** @typedef {import('./values.mjs').Offer} Offer */

/** @param {Program} program @returns {string} */
export function bashCompletion({ name, commands }) {
  const hasCommands = commands.length > 1;
  const lines = [
    `# bash completion for ${name}`,
    '',
    `_${name}() {`,
    '    local cur=${COMP_WORDS[COMP_CWORD]} command= pending= config= word',
    '    local -i at operands=0',
    '    COMPREPLY=()',
    '    [[ $cur == = ]] && cur=',
    '    for ((at = 1; at < COMP_CWORD; at++)); do',
    '        word=${COMP_WORDS[at]}',
    '        [[ $word == = ]] && continue',
    '        if [[ -n $pending ]]; then',
    '            [[ $pending == -c || $pending == --config ]] && config=$word',
    '            pending=',
    '            continue',
    '        fi',
    ...(hasCommands ? ['        [[ -z $command && $word != -* ]] && command=$word && continue'] : []),
    '        case "$command $word" in',
    ...valueOptions(commands).map((pattern) => `            ${pattern}) pending=$word ;;`),
    '            *\\ -*) ;;',
    '            *) operands+=1 ;;',
    '        esac',
    '    done',
    '    case "$command $pending" in',
    ...commands.flatMap((command) =>
      command.options
        .filter(({ placeholder }) => placeholder !== '')
        .map((option) => `        ${patternOf(command, option)}) ${offered([option.offer])}; return ;;`),
    ),
    '    esac',
    '    if [[ $cur == -* ]]; then',
    '        case $command in',
    ...commands.map((command) => `            ${command.name || "''"}) ${wordList(optionWords(command))} ;;`),
    '        esac',
    '        return',
    '    fi',
    ...(hasCommands
      ? [
          '    if [[ -z $command ]]; then',
          `        ${wordList(commands.map((command) => command.name))}`,
          '        return',
          '    fi',
        ]
      : []),
    '    case "$command $operands" in',
    ...commands.flatMap((command) =>
      command.operands.map(
        ({ offers }, at) => `        ${quotedWord(`${command.name} ${at}`)}) ${offered(offers)} ;;`,
      ),
    ),
    '    esac',
    '}',
    `complete -F _${name} ${name}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {readonly Command[]} commands */
function valueOptions(commands) {
  return commands.flatMap((command) => {
    const taking = command.options.filter(({ placeholder }) => placeholder !== '');
    return taking.length === 0 ? [] : [taking.map((option) => patternOf(command, option)).join(' | ')];
  });
}

/** @param {Command} command @param {import('./model.mjs').Option} option */
function patternOf({ name }, { short, long }) {
  const spellings = short === '' ? [`--${long}`] : [`-${short}`, `--${long}`];
  return spellings.map((spelling) => quotedWord(`${name} ${spelling}`)).join(' | ');
}

/** @param {Command} command */
function optionWords({ options }) {
  return options.flatMap(({ short, long }) => (short === '' ? [`--${long}`] : [`-${short}`, `--${long}`]));
}

/** @param {readonly Offer[]} offers */
function offered(offers) {
  const commands = offers.flatMap((offer) => offerCommand(offer) ?? []);
  return commands.length === 0 ? ':' : commands.join('; ');
}

/** @param {Offer} offer @returns {string | undefined} */
function offerCommand(offer) {
  switch (offer.kind) {
    case 'nothing':
      return undefined;
    case 'words':
      return wordList(offer.words);
    case 'file':
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")';
    case 'directory':
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur")';
    case 'hosts':
      return 'COMPREPLY+=($(compgen -A hostname -- "$cur"))';
    case 'interfaces':
      return 'COMPREPLY+=($(compgen -W "any auto $(ls /sys/class/net 2>/dev/null)" -- "$cur"))';
    case 'doors':
      return 'COMPREPLY+=($(compgen -W "$(postern config doors ${config:+"$config"} 2>/dev/null)" -- "$cur"))';
    case 'profiles':
      return `COMPREPLY+=($(compgen -W "$(knock --list 2>/dev/null | cut -d " " -f 1)" -- "$cur"))`;
  }
}

/** @param {readonly string[]} list */
function wordList(list) {
  return `COMPREPLY+=($(compgen -W ${quotedWord(list.join(' '))} -- "$cur"))`;
}

/** @param {string} text */
function quotedWord(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
