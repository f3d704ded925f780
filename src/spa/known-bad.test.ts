/** What is known by sight is bounded: the oldest goes, and its fingerprint with it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownBad } from './known-bad.ts';
import { SeenDigests } from './seen-digests.ts';

const seen = (number: number) => ({ timeS: 0, fingerprint: number, digest: `digest ${number}` });

test('of many the last 4096 are known', () => {
  const known = new KnownBad();
  for (let i = 0; i < 10_000; i++) known.add(seen(i));
  assert.deepEqual([known.holds('digest 5903'), known.mayHold(5903)], [false, false]);
  assert.deepEqual([known.holds('digest 5904'), known.mayHold(5904)], [true, true]);
  assert.ok(known.holds('digest 9999'));
});

test('what is added twice is there once', () => {
  const packets = new SeenDigests();
  for (let i = 0; i < 3; i++) packets.add(seen(7));
  packets.add({ ...seen(8), fingerprint: 7 });
  assert.equal(packets.size, 2);
  packets.delete(seen(7));
  packets.delete(seen(7));
  assert.equal(packets.mayHold(7), true, 'another packet has the fingerprint');
  packets.delete({ ...seen(8), fingerprint: 7 });
  assert.deepEqual([packets.size, packets.mayHold(7)], [0, false]);
});
