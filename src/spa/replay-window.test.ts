/** The replay window: nothing is taken twice, whatever the clock does; its size is bounded. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { NOW_S } from '../../test/support/spa-yard.ts';
import { ReplayWindow } from './replay-window.ts';

const DAY_S = 86_400;

function seen(name: string | number, timeS: number, fingerprint = 7) {
  return { timeS, fingerprint, digest: `digest ${name}` };
}

/** What a judge does: true when the packet is taken. */
function take(window: ReplayWindow, packet: ReturnType<typeof seen>, nowS: number, maxAgeS = 120): boolean {
  if (window.mayHold(packet.fingerprint) && window.holds(packet.digest)) return false;
  if (Math.abs(packet.timeS - nowS) > maxAgeS || window.isForgotten(packet.timeS)) return false;
  return window.add(packet, nowS);
}

test('packets with one fingerprint are told apart by their digest', () => {
  const window = new ReplayWindow({ maxAgeS: 120 });
  assert.equal(window.mayHold(7), false);
  assert.ok(window.add(seen('a', NOW_S), NOW_S));
  assert.equal(window.mayHold(7), true);
  assert.equal(window.holds('digest a'), true);
  assert.equal(window.holds('digest b'), false);
});

test('what is a day old is forgotten, and refused by its time', () => {
  const window = new ReplayWindow({ maxAgeS: 120 });
  for (let i = 0; i < 1024; i++) window.add(seen(i, NOW_S + i), NOW_S + i);
  const later = NOW_S + DAY_S + 512;
  window.add(seen('later', later), later);
  assert.equal(window.size, 1 + 512);
  assert.equal(window.holds('digest 511'), false);
  assert.equal(window.isForgotten(NOW_S + 511), true);
  assert.equal(window.isForgotten(NOW_S + 512), false);
  assert.equal(window.mayHold(7), true, 'other packets have the fingerprint still');
});

test('a clock that is set back by hours lets no packet in again, and new ones in', () => {
  const window = new ReplayWindow({ maxAgeS: 120 });
  assert.ok(take(window, seen('a', NOW_S), NOW_S));
  for (let i = 0; i < 3000; i++) take(window, seen(i, NOW_S + 3600), NOW_S + 3600);
  assert.equal(take(window, seen('a', NOW_S), NOW_S), false);
  assert.equal(take(window, seen('b', NOW_S), NOW_S), true);
});

test('a full window refuses what is new and forgets only what the age limit refuses', () => {
  const window = new ReplayWindow({ maxAgeS: 120, maxPackets: 10 });
  for (let i = 0; i < 10; i++) assert.ok(take(window, seen(i, NOW_S), NOW_S));
  assert.equal(take(window, seen('more', NOW_S), NOW_S), false);
  assert.equal(take(window, seen('more', NOW_S + 122), NOW_S + 122), false);
  assert.equal(take(window, seen('more', NOW_S + 123), NOW_S + 123), true);
  assert.equal(window.size, 1);
  assert.equal(window.isForgotten(NOW_S), true);
});

test('a clock that was far in the future for a while blocks nothing for good', () => {
  const window = new ReplayWindow({ maxAgeS: 120 });
  assert.ok(take(window, seen('real', NOW_S), NOW_S));
  const wrong = NOW_S + 50 * 365 * DAY_S;
  for (let i = 0; i < 3000; i++) take(window, seen(`wrong ${i}`, wrong), wrong);
  assert.equal(take(window, seen('real', NOW_S), NOW_S), false);
  for (let i = 0; i < 3000; i++) assert.ok(take(window, seen(i, NOW_S + 1), NOW_S + 1), String(i));
});

test('random packets, copies and clock steps: none is taken twice, beside a memory of everything', (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`POSTERN_SEED=${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 40; round++) {
    const window = new ReplayWindow({ maxAgeS: 120, maxPackets: 1 + random.below(300) });
    const taken: ReturnType<typeof seen>[] = [];
    let nowS = NOW_S;
    let fresh = 0;
    for (let i = 0; i < 3000; i++) {
      nowS += random.below(4);
      if (random.oneIn(200)) nowS += (random.below(4 * DAY_S) - 2 * DAY_S) * random.below(2);
      const timeS = nowS + random.below(241) - 120;
      const copy = taken.length > 0 && random.oneIn(3) ? random.pick(taken) : undefined;
      const packet = copy ?? seen(`${round} ${i}`, timeS, random.below(5));
      if (!take(window, packet, nowS)) continue;
      assert.equal(copy, undefined, `seed ${seed}, round ${round}, packet ${i}`);
      taken.push(packet);
      fresh++;
    }
    assert.ok(fresh > 0, 'some packets are taken');
  }
});
