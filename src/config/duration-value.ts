/** Durations with a least and a greatest value: `25`, `30s`, `10m`. */

import { FOREVER_MS, parseDurationMs } from '../base/duration.ts';
import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export interface DurationRange {
  /** What a number without a unit is in. */
  readonly unit: 'ms' | 's';
  readonly leastMs: number;
  readonly greatestMs: number;
  /** `forever` is FOREVER_MS. */
  readonly mayBeForever?: boolean;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** Gives milliseconds. */
export function durationValue(range: DurationRange): (value: Piece, faults: Faults) => number | undefined {
  const orForever = range.mayBeForever === true ? ", or 'forever'" : '';
  return (value, faults) => {
    if (range.mayBeForever === true && value.text.toLowerCase() === 'forever') return FOREVER_MS;
    const ms = parseDurationMs(value.text, range.unit);
    if (ms === undefined) {
      const plain = range.unit === 's' ? 'seconds' : 'milliseconds';
      faults.report(
        value,
        `${quote(value.text)} is no duration`,
        `write ${plain} as a number, or a number with ms, s, m, h or d, such as 30s${orForever}`,
      );
      return undefined;
    }
    if (ms >= range.leastMs && ms <= range.greatestMs) return ms;
    const side = ms < range.leastMs ? 'short' : 'long';
    faults.report(
      value,
      `${quote(value.text)} is too ${side}`,
      `it goes from ${durationText(range.leastMs)} to ${durationText(range.greatestMs)}${orForever}`,
    );
    return undefined;
  };
}

/** In the greatest unit that leaves a whole number: what a configuration would say. */
export function durationText(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms > 0 && ms % unitMs === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
