/** What a row of the bench comes to. */

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

export interface Bar {
  readonly text: string;
  readonly met: boolean;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Each bar, and whether it was met. */
  readonly bars: readonly Bar[];
  /** Why nothing was measured, in whole or in part. */
  readonly note?: string;
}

export function figure(what: string, value: number, unit: string): Figure {
  return { what, value: Number(value.toPrecision(4)), unit };
}

/** A bar on a ratio: `value` must not be greater. */
export function atMost(text: string, value: number, limit: number): Bar {
  return { text: `${text}: ${value.toPrecision(3)} (at most ${limit.toPrecision(3)})`, met: value <= limit };
}

export function rowText({ id, title, figures, bars, note }: Row): string {
  const width = Math.max(...figures.map(({ what }) => what.length), 0);
  const lines = [`${id}  ${title}`];
  for (const { what, value, unit } of figures) lines.push(`    ${what.padEnd(width)}  ${value} ${unit}`);
  for (const { text, met } of bars) lines.push(`    ${met ? '✓' : '✗'} ${text}`);
  if (note !== undefined) lines.push(`    ${note}`);
  return lines.join('\n');
}
