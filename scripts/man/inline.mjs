/** Markdown within a line to roff: literal words are bold, placeholders and documents italic, as in other manual pages. */

import { inFont, literal, prose } from './roff.mjs';

/** @typedef {import('marked').Token} Token */

/** `knock(1)` */
const PAGE = /^([\w.-]+)\((\d)\)$/;

/** `--interface IF`: an option, and what stands for its value. */
const WITH_PLACEHOLDER = /^(--?[\w-]+) ([A-Z]+)$/;

/** One line, whatever the lines of the source: roff would put more space behind a sentence that ends one. @param {readonly Token[] | undefined} tokens @returns {string} */
export function inline(tokens) {
  const text = (tokens ?? []).map(one).join('').replaceAll('\n', ' ');
  return text.replaceAll(/(?<=\S\\f[BI])\\%/g, ''); // within a word it would be a place for a hyphen
}

/** @param {Token} token @returns {string} */
function one(token) {
  switch (token.type) {
    case 'text':
    case 'escape':
      return prose(token.text);
    case 'codespan':
      return code(token.text);
    case 'strong':
      return inFont('bold', inline(token.tokens));
    case 'em':
      return inFont('italic', inline(token.tokens));
    case 'link':
      return link(token.text);
    default:
      throw new Error(`manual pages have no '${token.type}': ${token.raw}`);
  }
}

/** @param {string} text */
function code(text) {
  const [, option, value] = WITH_PLACEHOLDER.exec(text) ?? [];
  if (option === undefined || value === undefined) return inFont('bold', unbroken(text));
  return `${inFont('bold', unbroken(option))} ${inFont('italic', literal(value))}`;
}

/** @param {string} text */
function link(text) {
  const [, page, section] = PAGE.exec(text) ?? [];
  if (page === undefined) return inFont('italic', unbroken(text));
  return `${inFont('bold', unbroken(page))}(${section})`;
}

/** The first word is never hyphenated, as it stands for something to be typed. @param {string} text */
function unbroken(text) {
  return `\\%${literal(text)}`;
}
