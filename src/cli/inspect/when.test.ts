import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWhen } from './when.ts';

const NOW = new Date(2026, 10, 25, 14, 30, 5);
const HOUR = 3_600_000;

const MOMENTS: readonly (readonly [text: string, ms: number])[] = [
  ['2h', NOW.getTime() - 2 * HOUR],
  ['90m', NOW.getTime() - 1.5 * HOUR],
  ['7d', NOW.getTime() - 168 * HOUR],
  ['2w', NOW.getTime() - 336 * HOUR],
  ['-2h', NOW.getTime() - 2 * HOUR],
  ['2h ago', NOW.getTime() - 2 * HOUR],
  ['now', NOW.getTime()],
  ['today', new Date(2026, 10, 25).getTime()],
  ['Yesterday', new Date(2026, 10, 24).getTime()],
  ['9:05', new Date(2026, 10, 25, 9, 5).getTime()],
  ['09:05:30', new Date(2026, 10, 25, 9, 5, 30).getTime()],
  ['2026-11-20', new Date(2026, 10, 20).getTime()],
  ['2026-11-20 14:30', new Date(2026, 10, 20, 14, 30).getTime()],
  ['2026-11-20T14:30:05.250', new Date(2026, 10, 20, 14, 30, 5, 250).getTime()],
  ['2026-11-20T14:30:00Z', Date.UTC(2026, 10, 20, 14, 30)],
  ['2026-11-20T14:30:00+01:00', Date.UTC(2026, 10, 20, 13, 30)],
  ['2026-11-20 14:30:00 +0100', Date.UTC(2026, 10, 20, 13, 30)],
];

for (const [text, ms] of MOMENTS) {
  test(`'${text}' is ${new Date(ms).toISOString()}`, () => assert.equal(parseWhen(text, NOW.getTime()), ms));
}

for (const text of [
  '',
  '7',
  'soon',
  '2026-13-01',
  '2026-02-31',
  '2026-11-20T25:00',
  '25:00',
  '20.11.2026',
  '2x',
]) {
  test(`'${text}' is no moment`, () => assert.equal(parseWhen(text, NOW.getTime()), undefined));
}
