import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketTotals } from './packet-totals.ts';

test('totals go on over wrapping and over reopening', () => {
  const totals = new PacketTotals();
  assert.deepEqual(totals.sum, { received: 0, dropped: 0 });
  assert.deepEqual(totals.update({ received: 2 ** 32 - 5, dropped: 3 }), {
    received: 2 ** 32 - 5,
    dropped: 3,
  });
  assert.deepEqual(totals.update({ received: 5, dropped: 3 }), { received: 2 ** 32 + 5, dropped: 3 });
  totals.restart();
  assert.deepEqual(totals.update({ received: 1, dropped: 1 }), { received: 2 ** 32 + 6, dropped: 4 });
});
