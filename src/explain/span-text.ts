/** Spans of time in words. */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** `25 s`, `3 min`: rounded down to the greatest unit, as nobody needs more to understand. */
export function spanText(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= each) ?? ['ms', 1];
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit}`;
}

export function agoText(ms: number): string {
  return ms < 1000 ? 'just now' : `${spanText(ms)} ago`;
}
