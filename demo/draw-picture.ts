/**
 * The picture of the story as SVG: text as text, in the reader's own fonts, light or dark as the reader's page is. No
 * script, nothing fetched. Widths of text are estimated, since nobody knows the fonts; lines are broken well before the end.
 */

import { type Cell, isOfTheLaptop, type Row, rowsOf } from './picture-rows.ts';
import type { Chapter } from './told-story.ts';

const WIDTH = 960;
/** Left edges of the columns. */
const X = { chapter: 24, left: 188, wall: 604, right: 656 };
const WALL_WIDTH = 22;
const LINE = 20;
const ROW_GAP = 6;
const CHAPTER_GAP = 14;
const HEAD = 66;
/** Characters to a line, of the proportional and of the monospaced font. */
const FITS = { left: { text: 49, code: 46 }, right: { text: 32, code: 34 } };
/** Of a monospaced character of 13 px. */
const CODE_WIDTH = 7.83;
/** Of a piece of the wall that has room for a word along it. */
const ROOM_FOR_WORD = 44;

export function drawPicture(chapters: readonly Chapter[]): string {
  const lines: string[] = [];
  const parts: string[] = [];
  let y = HEAD;
  let isOpen = false;
  for (const chapter of chapters.filter(isOfTheLaptop)) {
    const rows = rowsOf(chapter, isOpen);
    lines.push(`<path class="line" d="M${X.chapter} ${y}H${WIDTH - X.chapter}"/>`);
    const top = y + CHAPTER_GAP;
    parts.push(...titleOf(chapter, top));
    y = top;
    for (const row of rows) {
      const height = heightOf(row);
      parts.push(...drawRow(row, y));
      y += height;
    }
    parts.push(...wall(rows, top - CHAPTER_GAP, y + CHAPTER_GAP - ROW_GAP, isOpen));
    isOpen = rows.at(-1)?.isOpen ?? isOpen;
    y += CHAPTER_GAP - ROW_GAP;
  }
  return frame(y + 20, chapters, [...lines, ...parts]);
}

function frame(height: number, chapters: readonly Chapter[], parts: readonly string[]): string {
  const names = chapters.map(({ title }) => title).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title about">
<title id="title">npm start: a port that opens to those who know the knock</title>
<desc id="about">What one run of the demo told, from top to bottom: ${xmlText(names)}. On the left the laptop, on the right the server, between them whether port 22 answers the laptop.</desc>
<style>${STYLE}</style>
<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>
<text class="head" x="${X.chapter}" y="34">npm start</text>
<text class="head" x="${X.left}" y="34">laptop</text>
<text class="head middle" x="${X.wall + WALL_WIDTH / 2}" y="34">port 22</text>
<text class="head" x="${X.right}" y="34">server</text>
<text class="dim" x="${X.left}" y="54">has to knock</text>
<text class="dim" x="${X.right}" y="54">ssh behind a firewall that drops</text>
${parts.join('\n')}
</svg>
`;
}

const STYLE = `
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;fill:#1f2328}
.code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.head{font-weight:600}.chapter{font-weight:600;fill:#0a5f8a}.middle{text-anchor:middle}
.dim,.note{fill:#59636e}.note{font-style:italic}.said{fill:#6639a6}
.ok,.openWord{fill:#1a7f37}.word{font-size:11px;letter-spacing:1px;text-anchor:middle}.shutWord{fill:#fff}
.page{fill:#fff;stroke:#d1d9e0}.line{stroke:#d1d9e0;fill:none}
.shut{fill:#a8503f}.open{fill:#dafbe1;stroke:#1a7f37}.arrow{stroke:#59636e;fill:none;stroke-width:1.5}.tip{fill:#59636e}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.chapter{fill:#6cb6ff}.dim,.note{fill:#9198a1}.said{fill:#c9a5ff}
.ok,.openWord{fill:#3fb950}.shutWord{fill:#ffe3dc}
.page{fill:#0d1117;stroke:#3d444d}.line{stroke:#3d444d}
.shut{fill:#8f4a3c}.open{fill:#12301c;stroke:#3fb950}.arrow{stroke:#9198a1}.tip{fill:#9198a1}
}
`;

function titleOf({ title }: Chapter, top: number): readonly string[] {
  return broken(title, 18).map((line, at) => text('chapter', X.chapter, top + 15 + at * LINE, line));
}

function drawRow({ left, right }: Row, top: number): readonly string[] {
  return [
    ...(left === undefined ? [] : [...drawCell(left, 'left', top), ...arrowOf(left, top)]),
    ...(right === undefined ? [] : drawCell(right, 'right', top)),
  ];
}

function drawCell(cell: Cell, side: 'left' | 'right', top: number): readonly string[] {
  const sign = { command: '$', step: '✓', said: '', note: '' }[cell.kind];
  const indent = sign === '' ? 0 : 20;
  const style = cell.kind === 'said' ? 'code said' : { command: 'code', step: '', note: 'note' }[cell.kind];
  return [
    ...(sign === '' ? [] : [text(cell.kind === 'step' ? 'ok' : 'code dim', X[side], top + 15, sign)]),
    ...linesOf(cell, side).map((line, at) => text(style, X[side] + indent, top + 15 + at * LINE, line)),
  ];
}

/** From a command to the wall: what the laptop sends. */
function arrowOf(cell: Cell, top: number): readonly string[] {
  const lines = linesOf(cell, 'left');
  if (cell.kind !== 'command') return [];
  const from = X.left + 30 + Math.ceil((lines.at(-1)?.length ?? 0) * CODE_WIDTH);
  const y = top + 10 + (lines.length - 1) * LINE;
  const to = X.wall - 6;
  return [
    `<path class="arrow" d="M${from} ${y}H${to - 6}"/>`,
    `<path class="tip" d="M${to} ${y}l-8 -4v8z"/>`,
  ];
}

/** One piece for each stretch of the chapter in which the port stays as it is. */
function wall(rows: readonly Row[], top: number, bottom: number, wasOpen: boolean): readonly string[] {
  const pieces: string[] = [];
  let [from, isOpen, y] = [top, wasOpen, top + CHAPTER_GAP];
  for (const row of rows) {
    if (row.isOpen !== isOpen) {
      pieces.push(piece(from, y - 2, isOpen));
      [from, isOpen] = [y - 2, row.isOpen];
    }
    y += heightOf(row);
  }
  return [...pieces, piece(from, bottom, isOpen)];
}

function piece(from: number, to: number, isOpen: boolean): string {
  const inset = isOpen ? 1 : 0;
  const [x, width] = [X.wall + inset, WALL_WIDTH - 2 * inset];
  const state = isOpen ? 'open' : 'shut';
  const rect = `<rect class="${state}" x="${x}" y="${from + inset}" width="${width}" height="${to - from - 2 * inset}"/>`;
  if (to - from < ROOM_FOR_WORD) return rect;
  const [middleX, middleY] = [X.wall + WALL_WIDTH / 2, (from + to) / 2];
  return `${rect}<text class="word ${state}Word" transform="translate(${middleX + 4} ${middleY}) rotate(-90)">${state}</text>`;
}

function heightOf({ left, right }: Row): number {
  const lines = [
    left === undefined ? [] : linesOf(left, 'left'),
    right === undefined ? [] : linesOf(right, 'right'),
  ];
  return Math.max(...lines.map(({ length }) => length)) * LINE + ROW_GAP;
}

function linesOf({ kind, text: words }: Cell, side: 'left' | 'right'): readonly string[] {
  return broken(words, FITS[side][kind === 'command' || kind === 'said' ? 'code' : 'text']);
}

/** At blanks, into lines of so many characters. */
function broken(words: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function text(style: string, x: number, y: number, words: string): string {
  const name = style === '' ? '' : ` class="${style}"`;
  return `<text${name} x="${x}" y="${y}">${xmlText(words)}</text>`;
}

function xmlText(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
