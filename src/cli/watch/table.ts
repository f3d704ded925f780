/** Rows of cells that stand below each other, in no more than the columns there are. */

import { textWidth } from '../terminal-text.ts';
import type { Glyphs } from './glyphs.ts';
import { cutLine, fitLine, type Line, plain } from './line.ts';

const GAP = 2;

/** What the last cell of a row can count on, however long those before it are: a time with its unit. */
const LAST_CELL = 16;

/** Columns stay where they are while short addresses and names come and go. */
const STEADY_WIDTHS: readonly number[] = [15, 8];

/** An address with its prefix, and the beginning of a name: what is cut last. */
const FLOORS: readonly number[] = [43, 8];

/** Below this many columns there is no room for that. */
const STEADY_FROM = 60;

export function table(rows: readonly Line[], width: number, glyphs: Glyphs): readonly Line[] {
  const cleaned = rows.map((row) => row.map(({ text, tone }) => ({ text: glyphs.clean(text), tone })));
  const widths = columnWidths(cleaned, width);
  return cleaned.map((row) => {
    const cells = row.flatMap((cell, at) => {
      const columnWidth = widths[at];
      return columnWidth === undefined ? [cell] : [...fitLine([cell], columnWidth, glyphs), GAP_SPAN];
    });
    return cutLine(cells, width, glyphs);
  });
}

const GAP_SPAN = plain(' '.repeat(GAP));

/** Of all but the last: as wide as what stands in it, where there is room. */
function columnWidths(rows: readonly Line[], width: number): readonly number[] {
  const count = Math.max(0, ...rows.map((row) => row.length - 1));
  const widest = (at: number) => Math.max(0, ...rows.map((row) => textWidth(row[at]?.text ?? '')));
  const steady = (at: number) => (width >= STEADY_FROM ? (STEADY_WIDTHS[at] ?? 0) : 0);
  const widths = Array.from({ length: count }, (_, at) => Math.min(width, Math.max(steady(at), widest(at))));
  const last = Math.min(LAST_CELL, widest(count));
  const over = widths.reduce((sum, each) => sum + each + GAP, last) - width;
  return narrowed(widths, over);
}

/** Less by so many columns: names first, down to their floor, then whatever is widest. */
function narrowed(before: readonly number[], over: number): readonly number[] {
  const widths = [...before];
  for (let left = over; left > 0; left--) {
    const isOverFloor = (at: number) => widths[at]! > (FLOORS[at] ?? 1);
    const columns = [...widths.keys()];
    const [widest] = (columns.some(isOverFloor) ? columns.filter(isOverFloor) : columns).toSorted(
      (a, b) => widths[b]! - widths[a]!,
    );
    if (widest === undefined || widths[widest]! <= 1) break;
    widths[widest]!--;
  }
  return widths;
}
