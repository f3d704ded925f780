/** What is drawn with, and what of other people's texts is shown: all that can be printed, or ASCII alone. */

import { cutText, printable, printableAscii } from '../terminal-text.ts';

export interface Glyphs {
  readonly rule: string;
  /** Of the pane that the keys move. */
  readonly focusRule: string;
  /** The keys that scroll. */
  readonly upDown: string;
  /** What may be shown of a text. */
  clean(text: string): string;
  /** The same, in so many columns. */
  cut(text: string, width: number): string;
}

/** As the locale says, which sudo and ssh hand on. */
export function glyphsFor(environment: Readonly<Record<string, string | undefined>>): Glyphs {
  const { LC_ALL = '', LC_CTYPE = '', LANG = '' } = environment;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG) ? UTF8 : ASCII;
}

const UTF8: Glyphs = {
  rule: '─',
  focusRule: '━',
  upDown: '↑↓',
  clean: printable,
  cut: (text, width) => cutText(printable(text), width, '…'),
};

const ASCII: Glyphs = {
  rule: '-',
  focusRule: '=',
  upDown: 'Up Down',
  clean: printableAscii,
  cut: (text, width) => cutText(printableAscii(text), width, '~'),
};
