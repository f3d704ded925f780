import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, door, KnockTable, syn, syns } from '../../test/support/knock-table.ts';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { FOREVER_MS } from '../base/duration.ts';
import { formatPrefix, type Prefix, parsePrefix, prefixContains, prefixOf } from '../net/prefix.ts';
import { HandBans, MAX_HAND_BANS } from './hand-bans.ts';

const KEY = { k0: 5, k1: 6 };
const A = '192.0.2.7';
const SSH = door('ssh', '7000,8000');

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function bansOf(...texts: readonly string[]): HandBans {
  const bans = new HandBans(KEY);
  for (const text of texts) assert.equal(bans.add(prefix(text), FOREVER_MS), true);
  return bans;
}

function found(bans: HandBans, text: string): string | undefined {
  const { w0, w1, w2, w3 } = address(text);
  const ban = bans.find(w0, w1, w2, w3);
  return ban && formatPrefix(ban.prefix);
}

test('an address falls under its own ban and under those of prefixes around it', () => {
  const bans = bansOf(A, '10.0.0.0/8', '2001:db8::/32', '2001:db8:1::7');
  assert.equal(found(bans, A), A);
  assert.equal(found(bans, '192.0.2.8'), undefined);
  assert.equal(found(bans, '10.255.0.1'), '10.0.0.0/8');
  assert.equal(found(bans, '11.0.0.1'), undefined);
  assert.equal(found(bans, '2001:db8:ffff::1'), '2001:db8::/32');
  assert.equal(found(bans, '2001:db9::1'), undefined);
});

test('a ban of everything is one of its family alone', () => {
  assert.equal(found(bansOf('0.0.0.0/0'), A), '0.0.0.0/0');
  assert.equal(found(bansOf('0.0.0.0/0'), '::1'), undefined);
  assert.equal(found(bansOf('::/0'), '::1'), '::/0');
  assert.equal(found(bansOf('::/0'), A), undefined);
});

test('to lift a prefix lifts what lies in it, and not what lies around it', () => {
  const bans = bansOf('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '10.2.0.0/16');
  const lifted = (text: string) =>
    bans
      .remove(prefix(text))
      .map((ban) => formatPrefix(ban.prefix))
      .toSorted();
  assert.deepEqual(lifted('10.1.2.4'), []);
  assert.deepEqual(lifted('10.1.0.0/16'), ['10.1.0.0/16', '10.1.2.3']);
  assert.equal(formatPrefix(bans.covering(prefix('10.1.2.3'))!.prefix), '10.0.0.0/8');
  assert.equal(bans.covering(prefix('0.0.0.0/0')), undefined);
  assert.deepEqual(lifted('0.0.0.0/0'), ['10.0.0.0/8', '10.2.0.0/16']);
  assert.equal(bans.size, 0);
});

test('bans end by the wall clock, and may be prolonged', () => {
  const bans = new HandBans(KEY);
  bans.add(prefix('10.0.0.1'), 1000);
  bans.add(prefix('10.0.0.2'), 2000);
  bans.add(prefix('10.0.0.1'), 3000);
  assert.deepEqual([bans.size, bans.nextEndMs()], [2, 2000]);
  assert.deepEqual(
    bans.expire(2000).map((ban) => formatPrefix(ban.prefix)),
    ['10.0.0.2'],
  );
  assert.deepEqual([bans.size, bans.nextEndMs(), found(bans, '10.0.0.1')], [1, 3000, '10.0.0.1']);
  bans.expire(3000);
  assert.deepEqual([bans.size, bans.nextEndMs()], [0, FOREVER_MS]);
});

test('there is room for a certain number, and then for changes alone', () => {
  const bans = new HandBans(KEY);
  for (let i = 0; i < MAX_HAND_BANS; i++) bans.add(prefixOf({ w0: 0, w1: 0, w2: 0xffff, w3: i }), 1);
  assert.equal(bans.add(prefix('192.0.2.1'), 1), false);
  assert.equal(bans.add(prefix('0.0.0.9'), 2), true);
  assert.equal(bans.remove(prefix('0.0.0.0/8')).length, MAX_HAND_BANS);
  assert.equal(bans.list().length, 0);
});

test('random bans are found as a list of prefixes would have it, in chains too', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const bans = new HandBans(KEY, 1);
  const list = new Map<string, Prefix>();
  for (let i = 0; i < 5000; i++) {
    const at = randomPrefix(random.below);
    if (random.oneIn(3)) {
      bans.remove(at);
      for (const [text, each] of list)
        if (each.length >= at.length && prefixContains(at, each.address)) list.delete(text);
    } else {
      bans.add(at, FOREVER_MS);
      list.set(formatPrefix(at), at);
    }
    const { address: asked } = randomPrefix(random.below);
    const { w0, w1, w2, w3 } = asked;
    const expected = [...list.values()].some((each) => prefixContains(each, asked));
    assert.equal(bans.find(w0, w1, w2, w3) !== undefined, expected, `seed ${random.seed}, step ${i}`);
    assert.equal(bans.size, list.size);
  }
});

test('a banned source is told of and not looked at, until the ban is lifted', () => {
  const table = new KnockTable([SSH]);
  const bans = bansOf('192.0.2.0/24');
  table.matcher.setHandBans(bans);
  assert.deepEqual(table.see(...syns(A, 7000, 8000)), [`${A} banned`, `${A} banned`]);
  assert.deepEqual(table.see(syn(A, 22)), [`${A} banned`]);
  assert.deepEqual(table.see(syn('192.0.3.7', 7000)), ['ssh stage 1']);
  bans.remove(prefix('192.0.2.0/24'));
  table.see(...syns(A, 7000, 8000));
  assert.deepEqual(table.openings, [`ssh ${A}`]);
});

/** Of few addresses, so that they often meet. */
function randomPrefix(below: (n: number) => number): Prefix {
  const isFour = below(2) === 0;
  const host = below(4) | (below(2) << 31) | (below(2) << 16);
  const words = isFour
    ? { w0: 0, w1: 0, w2: 0xffff, w3: host }
    : { w0: 0x20010db8, w1: below(2) << 30, w2: 0, w3: host };
  return prefixOf(words, isFour ? below(33) : below(129));
}
