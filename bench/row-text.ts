/** A row for people, and the table of all bars at the end. */

import type { Bar, Row } from './row.ts';

export function rowText({ id, title, method, figures, bars, notes = [] }: Row): string {
  const width = Math.max(0, ...figures.map(({ what }) => what.length));
  return [
    `${id}  ${title}`,
    `    ${method}`,
    ...figures.map(({ what, value, unit }) => `    ${what.padEnd(width)}  ${numberText(value)} ${unit}`),
    ...bars.map((bar) => `    ${mark(bar)} ${bar.what}: ${numberText(bar.value)} (${limitText(bar)})`),
    ...notes.map((note) => `    ! ${note}`),
  ].join('\n');
}

export function summaryText(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ id, bars, notes = [] }) => [
    ...bars.map((bar) => [id, bar.what, numberText(bar.value), limitText(bar), mark(bar)]),
    ...(bars.length === 0 ? notes.map((note) => [id, note, '', '', '!']) : []),
  ]);
  const table = [['row', 'what', 'measured', 'bar', ''], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const text = table.map((line) =>
    line
      .map((cell, column) => align(cell, column, widths))
      .join('  ')
      .trimEnd(),
  );
  const all = rows.flatMap(({ bars }) => bars);
  const met = all.filter((bar) => bar.met).length;
  return [...text, '', `${met} of ${all.length} bars met`].join('\n');
}

export function limitText({ sense, limit }: Bar): string {
  return `${sense} ${numberText(limit)}`;
}

/** Thousands in groups, as people read them. */
export function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

/** `1 door`, `10,000 doors`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function mark({ met }: Bar): string {
  return met ? '✓' : '✗';
}

/** Words to the left, numbers to the right. */
function align(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 2 ? cell.padStart(width) : cell.padEnd(width);
}
