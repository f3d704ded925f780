/** One pane as lines: its title, and the rows that are looked at. */

import type { Glyphs } from './glyphs.ts';
import type { Size } from './layout.ts';
import { cutLine, type Line, lineWidth, plain, type Span } from './line.ts';
import type { Pane, PaneId } from './panes.ts';
import { table } from './table.ts';
import type { PaneView, Viewer } from './viewer.ts';

export interface DrawnPane {
  readonly id: PaneId;
  /** A row more than the size says: the title. */
  readonly lines: readonly Line[];
  readonly view: PaneView;
}

/** @param size without the title */
export function drawPane(pane: Pane, viewer: Viewer, size: Size, glyphs: Glyphs): DrawnPane {
  const { id, length } = pane;
  const { rows: height, columns } = size;
  const hidden = Math.max(0, length - height);
  const scrolled = Math.min(viewer.scrolled[id], hidden);
  const from = id === 'events' ? hidden - scrolled : scrolled;
  const rows = pane.rows(from, height);
  const lines =
    id === 'events' ? rows.map((row) => cutLine(row, columns, glyphs)) : table(rows, columns, glyphs);
  const empty = Array.from({ length: height - lines.length }, (): Line => []);
  const rule = viewer.focus === id ? glyphs.focusRule : glyphs.rule;
  const title = titleLine(pane, rangeText(pane, from, rows.length), rule, columns);
  return { id, lines: [cutLine(title, columns, glyphs), ...lines, ...empty], view: { height, length } };
}

/** What is in sight, where that is not all. */
function rangeText({ length, more }: Pane, from: number, shown: number): string {
  if (shown === 0 || shown === length + more) return '';
  const range = shown === length ? '' : `${from + 1} to ${from + shown}`;
  const unlisted = more === 0 ? '' : `${more} more are not listed`;
  return [range, unlisted].filter(Boolean).join(', ');
}

/** `── open 12 ── 3 to 5 ─────`. */
function titleLine({ id, summary }: Pane, range: string, rule: string, columns: number): Line {
  const dim = (text: string): Span => ({ text, tone: 'dim' });
  const line = [dim(rule.repeat(2)), { text: ` ${id} `, tone: 'strong' as const }, plain(`${summary} `)];
  const withRange = range === '' ? line : [...line, dim(`${rule.repeat(2)} ${range} `)];
  return [...withRange, dim(rule.repeat(Math.max(0, columns - lineWidth(withRange))))];
}
