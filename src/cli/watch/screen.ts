/**
 * Lines to the escape sequences that make a terminal show them: those of the VT100, and the second screen of xterm's that
 * every terminal of today has. Only lines that differ from what is shown are written.
 */

import type { Palette } from '../paint.ts';
import type { Glyphs } from './glyphs.ts';
import type { Size } from './layout.ts';
import { type Line, lineWidth, paintLine } from './line.ts';

const CSI = '\u001b[';

/** The second screen, no cursor, and no line that goes on in the next where a terminal thinks it wider than we do. */
export const ENTER = `${CSI}?1049h${CSI}?25l${CSI}?7l`;

/** Plain text, all as it was before. */
export const LEAVE = `${CSI}0m${CSI}?7h${CSI}?25h${CSI}?1049l`;

const CLEAR = `${CSI}H${CSI}2J`;
const TO_END_OF_LINE = `${CSI}K`;

/** What a terminal shows. */
export interface Picture {
  readonly size: Size;
  /** From the top, painted. */
  readonly lines: readonly string[];
}

export function pictureOf(lines: readonly Line[], size: Size, palette: Palette, glyphs: Glyphs): Picture {
  const painted = lines.map((line) => {
    // After a full line the cursor stands on its last character, which would go as well.
    const rest = lineWidth(line) < size.columns ? TO_END_OF_LINE : '';
    return paintLine(line, palette, glyphs) + rest;
  });
  return { size, lines: painted };
}

/** Empty when there is nothing to do. @param shown undefined: nothing is known of what is there */
export function update(shown: Picture | undefined, next: Picture): string {
  const before = shown !== undefined && sameSize(shown.size, next.size) ? shown : undefined;
  const changes = next.lines.map((line, row) =>
    line === before?.lines[row] ? '' : `${CSI}${row + 1};1H${line}`,
  );
  return (before === undefined ? CLEAR : '') + changes.join('');
}

function sameSize(a: Size, b: Size): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}
