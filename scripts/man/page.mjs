/**
 * A manual page from its Markdown source, by the rules of man(7) and man-pages(7). The same bytes at each build: the date
 * is that of the newest release in the change log, and left out before there is one.
 */

import { lexer } from 'marked';
import { block, heading } from './blocks.mjs';
import { literal, quoted } from './roff.mjs';
import { synopsis } from './synopsis.mjs';

/**
 * @param {string} markdown
 * @param {{ name: string, section: string, version: string, date: string }} about
 * @returns {string}
 */
export function manualPage(markdown, { name, section, version, date }) {
  const [title, ...tokens] = lexer(markdown);
  if (title?.type !== 'heading' || title.text !== `${name}(${section})`) {
    throw new Error(`the first line of the page '${name}' is to be '# ${name}(${section})'`);
  }
  const head = [
    `.\\" made from docs/${name}.${section}.md`,
    ['.TH', name.toUpperCase(), section, quoted(date), quoted(`postern ${version}`), quoted('Postern')].join(
      ' ',
    ),
    '.ad l',
  ];
  return `${[...head, ...body(tokens)].join('\n')}\n`;
}

/** @param {readonly import('marked').Token[]} tokens @returns {string[]} */
function body(tokens) {
  const lines = [];
  let chapter = '';
  let isFirst = false;
  for (const token of tokens) {
    if (token.type === 'space') continue;
    if (token.type === 'heading') {
      const { depth, text } = token;
      if (depth === 2) chapter = text;
      lines.push(...heading(/** @type {import('marked').Tokens.Heading} */ (token)));
    } else if (chapter === 'Synopsis' && token.type === 'code') lines.push(...synopsis(token.text));
    else if (chapter === 'Name') lines.push(nameLine(token.raw));
    else lines.push(...block(token, isFirst));
    isFirst = token.type === 'heading';
  }
  return lines;
}

/** What mandb(8) and apropos(1) read. @param {string} text such as `knock - port-knock client` */
function nameLine(text) {
  const [, name, what] = /^(\S+) - (.+)$/.exec(text.trim()) ?? [];
  if (name === undefined || what === undefined) throw new Error(`'${text}' is not NAME - DESCRIPTION`);
  return `${literal(name)} \\- ${what}`;
}
