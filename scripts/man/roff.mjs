/** Text as roff(7) of the `man` macros takes it: what is written is what is read, in groff and in mandoc. */

/** @typedef {'bold' | 'italic'} Font */

/** What roff takes for something else, and what it would draw as a typographer's quote or dash. */
const ESCAPES = new Map([
  ['\\', '\\e'],
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['`', '\\(ga'],
  ['^', '\\(ha'],
  ['~', '\\(ti'],
]);

/** Words that are to be typed or compared: every sign is the one of the keyboard. @param {string} text */
export function literal(text) {
  return unicode([...text].map((sign) => ESCAPES.get(sign) ?? sign).join(''));
}

/** Running text: hyphens may be broken at. @param {string} text */
export function prose(text) {
  return unicode(text.replaceAll('\\', '\\e').replaceAll('~', '\\(ti').replaceAll('^', '\\(ha'));
}

/** @param {Font} font @param {string} roff */
export function inFont(font, roff) {
  return roff === '' ? '' : `\\f${font === 'bold' ? 'B' : 'I'}${roff}\\fR`;
}

/** An argument of a macro. @param {string} roff */
export function quoted(roff) {
  return `"${roff.replaceAll('"', '\\(dq')}"`;
}

/** Lines of text, none of which is taken for a request. @param {string} roff */
export function textLines(roff) {
  return roff.split('\n').map((line) => (/^[.']/.test(line) ? `\\&${line}` : line));
}

/** @param {string} text */
function unicode(text) {
  return text.replaceAll(/[^\0-\x7f]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
