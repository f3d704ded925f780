/** The lines of a synopsis: one command each, further lines of it indented. They are broken between options only. */

import { inFont, literal, quoted } from './roff.mjs';

/** Of `[-i IF]` the option is typed and the other replaced; capitals within a word are no placeholder. */
const WORDS = /(?<![\w-])(?:(--?[\w-]+)|([A-Z][A-Z_|]*))(?![\w-])/g;

/** A group in brackets is kept in one line up to this length. */
const KEPT_TOGETHER = 34;

/** @param {string} text @returns {string[]} */
export function synopsis(text) {
  const commands = text.replaceAll(/\n +/g, ' ').split('\n');
  return commands.flatMap((command) => {
    const [, name = '', rest = ''] = /^([a-z]+(?: [a-z]+(?=$| [^|]))*) ?(.*)$/.exec(command) ?? [];
    if (name === '') return [inFont('italic', literal(command))]; // a file
    return [`.SY ${quoted(literal(name))}`, marked(rest), '.YS'].filter((line) => line !== '');
  });
}

/** @param {string} rest */
function marked(rest) {
  const whole = rest.replaceAll(/\[[^[\]]*\]/g, (group) =>
    group.length > KEPT_TOGETHER ? group : group.replaceAll(' ', '\u00a0'),
  );
  return whole
    .replaceAll(WORDS, (word, option) => inFont(option === undefined ? 'italic' : 'bold', literal(word)))
    .replaceAll('\u00a0', '\\ ')
    .replaceAll('…', '\\[u2026]');
}
