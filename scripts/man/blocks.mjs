/** Blocks of Markdown to roff of the `man` macros. Tables become tagged paragraphs, which fit every width of a terminal. */

import { inline } from './inline.mjs';
import { literal, prose, quoted, textLines } from './roff.mjs';

/** @typedef {import('marked').Token} Token */
/** @typedef {import('marked').Tokens.Table} Table */
/** @typedef {import('marked').Tokens.TableCell} Cell */

/** Columns of text on a terminal of 80: where tags leave room for this many, they stand beside the text. */
const TEXT_WIDTH = 73;
const LONGEST_TAG_BESIDE = 22;
const INDENT = 8;

/** @param {Token} token @param {boolean} isFirst behind a heading, where no space is wanted @returns {string[]} */
export function block(token, isFirst) {
  switch (token.type) {
    case 'space':
      return [];
    case 'paragraph':
      return [...(isFirst ? [] : ['.PP']), ...textLines(inline(token.tokens))];
    case 'code':
      return [...(isFirst ? [] : ['.PP']), '.RS 4', '.EX', ...textLines(literal(token.text)), '.EE', '.RE'];
    case 'table':
      return table(/** @type {Table} */ (token));
    case 'list':
      return items(/** @type {import('marked').Tokens.List} */ (token));
    default:
      throw new Error(`manual pages have no '${token.type}': ${token.raw}`);
  }
}

/** @param {import('marked').Tokens.Heading} heading @returns {string[]} */
export function heading({ depth, text }) {
  return [depth === 2 ? `.SH ${quoted(prose(text.toUpperCase()))}` : `.SS ${quoted(prose(text))}`];
}

/** @param {Table} table @returns {string[]} */
function table({ header, rows }) {
  const widest = Math.max(...rows.map(([tag]) => widthOf(tag)));
  const isBeside = widest <= LONGEST_TAG_BESIDE;
  const indent = isBeside ? widest + 2 : INDENT;
  const room = TEXT_WIDTH - indent;
  const isDense = isBeside && rows.every((row) => row.length === 2 && widthOf(row[1]) <= room);
  const lines = rows.flatMap(([tag, ...others], at) => [
    at === 0 ? `.TP ${indent}` : '.TP',
    ...textLines(inline(tag?.tokens)),
    ...textLines(described(header.slice(1), others)),
    ...(at === 0 && isDense ? ['.PD 0'] : []),
  ]);
  return isDense ? [...lines, '.PD'] : lines;
}

/**
 * What stands behind the first column; of a third and further columns, their titles too.
 * @param {readonly Cell[]} titles @param {readonly Cell[]} cells
 */
function described(titles, cells) {
  const [first, ...others] = cells.map(({ tokens }) => inline(tokens));
  const more = others.flatMap((text, at) => {
    const title = prose(titles[at + 1]?.text ?? '');
    return text === '' ? [] : [`\\%${title[0]?.toUpperCase()}${title.slice(1)}: ${text}.`];
  });
  if (more.length === 0) return first === '' || first === undefined ? '\\&' : first;
  return [`${first}${/[.:;]$/.test(first ?? '') ? '' : '.'}`, ...more].join(' ');
}

/** @param {import('marked').Tokens.List} list @returns {string[]} */
function items({ items: all }) {
  return all.flatMap(({ tokens }) => ['.IP \\(bu 3', ...textLines(tokens.map(itemText).join(' '))]);
}

/** @param {Token} token */
function itemText(token) {
  if (token.type !== 'text' && token.type !== 'paragraph') throw new Error(`a list has '${token.type}'`);
  return inline(token.tokens);
}

/** Columns on a terminal. @param {Cell | undefined} cell */
function widthOf(cell) {
  return [...(cell?.text ?? '').replaceAll('`', '').replaceAll(/\]\([^)]*\)|\[/g, '')].length;
}
