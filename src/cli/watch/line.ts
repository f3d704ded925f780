/** A line of the screen as data: pieces of text, each with its tone. */

import type { Palette } from '../paint.ts';
import { textWidth } from '../terminal-text.ts';
import type { Glyphs } from './glyphs.ts';

export type Tone = 'plain' | keyof Palette;

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export function plain(text: string): Span {
  return { text, tone: 'plain' };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** At most so many columns, of text that may be shown. */
export function cutLine(line: Line, width: number, glyphs: Glyphs): Line {
  const cut: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const piece = glyphs.cut(text, left);
    cut.push({ text: piece, tone });
    left -= textWidth(piece);
  }
  return cut;
}

/** Exactly so many columns. */
export function fitLine(line: Line, width: number, glyphs: Glyphs): Line {
  const cut = cutLine(line, width, glyphs);
  const left = width - lineWidth(cut);
  return left > 0 ? [...cut, plain(' '.repeat(left))] : cut;
}

/** As it goes to the terminal. */
export function paintLine(line: Line, palette: Palette, glyphs: Glyphs): string {
  return line
    .map(({ text, tone }) => {
      const shown = glyphs.clean(text);
      return tone === 'plain' || shown === '' ? shown : palette[tone](shown);
    })
    .join('');
}
