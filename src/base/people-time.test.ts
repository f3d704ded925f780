import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, leftText, localClock, localTime } from './people-time.ts';

const DURATIONS: readonly (readonly [number, string])[] = [
  [0, '0 ms'],
  [350.4, '350 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [59_000, '59 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_601_000, '1 h'],
  [3_660_000, '1 h 1 min'],
  [86_400_000, '1 d'],
  [400 * 86_400_000 + 3_600_000, '400 d 1 h'],
];

for (const [ms, text] of DURATIONS) {
  test(`${ms} ms is ${text}`, () => assert.equal(durationText(ms), text));
}

test('what is left until a time, or until no time', () => {
  assert.equal(leftText('2026-11-25T09:00:10.000Z', Date.UTC(2026, 10, 25, 9)), '10 s left');
  assert.equal(leftText('2026-11-25T09:00:10.000Z', Date.UTC(2026, 10, 25, 10)), '0 ms left');
  assert.equal(leftText(null, 0), 'no end');
});

test('times are local, with the offset', (t) => {
  const { TZ: before } = process.env;
  const setZone = (TZ: string | undefined) => {
    if (TZ === undefined) Reflect.deleteProperty(process.env, 'TZ');
    else Object.assign(process.env, { TZ });
  };
  t.after(() => setZone(before));
  setZone('Asia/Kolkata');
  assert.equal(localTime('2026-11-25T09:00:10.000Z'), '2026-11-25 14:30:10 +0530');
  setZone('America/St_Johns');
  assert.equal(localTime('2026-11-25T01:00:10.000Z'), '2026-11-24 21:30:10 -0330');
  assert.equal(localClock('2026-11-25T01:00:10.000Z'), '21:30:10');
});
