/** The bucket of a door: a burst, then a steady rate, and no harm from a clock that steps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW_S } from '../../test/support/spa-yard.ts';
import { PacketRate } from './packet-rate.ts';

function taken(rate: PacketRate, nowS: number): number {
  let count = 0;
  while (count < 10_000 && rate.take(nowS)) count++;
  return count;
}

test('256 at once, then 16 a second, and never more than 256', () => {
  const rate = new PacketRate();
  assert.equal(taken(rate, NOW_S), 256);
  assert.equal(taken(rate, NOW_S), 0);
  assert.equal(taken(rate, NOW_S + 1), 16);
  assert.equal(taken(rate, NOW_S + 5), 64);
  assert.equal(taken(rate, NOW_S + 100_000), 256);
});

test('a clock that is set back takes nothing away and gives nothing', () => {
  const rate = new PacketRate();
  for (let i = 0; i < 56; i++) rate.take(NOW_S);
  assert.equal(taken(rate, NOW_S - 3600), 200);
  assert.equal(taken(rate, NOW_S - 3599), 16);
});
