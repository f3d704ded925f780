/** What the keys do, on the last line and at length. */

import type { Glyphs } from './glyphs.ts';
import { cutLine, type Line, plain, type Span } from './line.ts';

export function keyLine(isPaused: boolean, glyphs: Glyphs): Line {
  const keys: readonly (readonly [string, string])[] = [
    ['q', 'quit'],
    ['Tab', 'next pane'],
    [glyphs.upDown, 'scroll'],
    ['p', isPaused ? 'go on' : 'pause'],
    ['?', 'help'],
  ];
  return keys.flatMap(([key, does], at): readonly Span[] => [
    { text: `${at === 0 ? '' : '   '}${key}`, tone: 'strong' },
    { text: ` ${does}`, tone: 'dim' },
  ]);
}

const HELP: readonly (readonly [string, string])[] = [
  ['q, Ctrl-C', 'quit'],
  ['Tab, Shift-Tab', 'the next pane, the one before: its rule is the heavy one'],
  ['Up, Down, k, j', 'scroll that pane by a row'],
  ['PgUp, PgDn, Space', 'by a page'],
  ['Home, End, g, G', 'to its first row, to its last'],
  ['p', 'hold the picture still; again: go on'],
  ['Ctrl-L', 'draw everything anew'],
  ['Ctrl-Z', 'to the shell; fg comes back'],
  ['?', 'this help, and back'],
];

/** As many lines as there is room for. */
export function helpLines(columns: number, room: number, glyphs: Glyphs): readonly Line[] {
  const lines = HELP.map(([keys, does]): Line => [{ text: keys.padEnd(20), tone: 'strong' }, plain(does)]);
  return Array.from({ length: room }, (_, at) => cutLine(lines[at] ?? [], columns, glyphs));
}
