import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { formatIpAddress, parseIpAddress } from '../net/ip-address.ts';
import { MAX_PREFETCH } from './chained-ring.ts';
import { FirstSteps, type SourceWords } from './first-steps.ts';
import { type HashedSource, type HashKey, hashSource } from './source-hash.ts';

const KEY: HashKey = { k0: 0x1234567, k1: -0x7654321 };
const MANY = 32;

function source(text: string): HashedSource {
  const address = parseIpAddress(text)!;
  return { ...address, hash: hashSource(KEY, address.w0, address.w1, address.w2, address.w3) };
}

function add(table: FirstSteps, text: string, time: number, group: number): number {
  return table.insert(source(text), time, group, MANY, MANY);
}

function groups(table: FirstSteps, text: string): number[] {
  const found = new Int32Array(MANY);
  const count = table.find(source(text), found);
  return Array.from(found.subarray(0, count), (entry) => table.groupOf(entry));
}

function addressOf(table: FirstSteps, entry: number): string | undefined {
  const words: SourceWords = { w0: 0, w1: 0, w2: 0, w3: 0 };
  return table.readSource(entry, words) ? formatIpAddress(words) : undefined;
}

test('random entries come and go as in a plain list', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const capacity = 64;
  const table = new FirstSteps(capacity, { k0: random.below(2 ** 31), k1: random.below(2 ** 31) });
  const key = { k0: KEY.k0, k1: KEY.k1 };
  const names = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? `2001:db8:${i}::7` : `192.0.2.${i}`));
  let list: { name: string; group: number; isLive: boolean }[] = [];
  const hashed = (name: string) => {
    const address = parseIpAddress(name)!;
    return { ...address, hash: hashSource(key, address.w0, address.w1, address.w2, address.w3) };
  };
  for (let i = 0; i < 20_000; i++) {
    const name = random.pick(names);
    const found = new Int32Array(MANY);
    const count = table.find(hashed(name), found);
    const expected = list.filter((each) => each.isLive && each.name === name).reverse();
    const seen = Array.from(found.subarray(0, count), (entry) => table.groupOf(entry));
    assert.deepEqual(
      seen,
      expected.map(({ group }) => group),
    );
    if (count > 0 && random.oneIn(3)) {
      table.remove(found[0]!);
      expected[0]!.isLive = false;
    } else if (count < 4) {
      table.insert(hashed(name), i, i, MANY, count);
      list = [...list, { name, group: i, isLive: true }].slice(-capacity);
    }
    assert.equal(table.live, list.filter(({ isLive }) => isLive).length);
  }
});

test('a look in pieces meets each entry once, with others coming in between', () => {
  const table = new FirstSteps(1024, KEY);
  for (let i = 0; i < 1000; i++) add(table, `10.0.${i >> 8}.${i & 255}`, 0, i);
  const seen: number[] = [];
  let calls = 0;
  while (table.forSome(100, (entry) => seen.push(table.groupOf(entry))) < 0) {
    calls++;
    add(table, `10.1.0.${calls}`, 0, 1000 + calls);
  }
  assert.equal(calls, 10);
  assert.equal(new Set(seen).size, seen.length, 'none twice');
  for (let i = 0; i < 990; i++) if (i >= calls) assert.ok(seen.includes(i), `group ${i}`);
});

test('strays and group are kept apart', () => {
  const table = new FirstSteps(64, KEY);
  const entry = add(table, '192.0.2.7', 5, 70_000);
  table.setStrays(entry, 1000);
  assert.equal(table.straysOf(entry), 1000);
  assert.equal(table.groupOf(entry), 70_000);
  table.remove(entry);
  assert.ok(table.groupOf(entry) < 0);
});

test('the address is there for the log, in both families', () => {
  const table = new FirstSteps(64, KEY);
  assert.equal(addressOf(table, add(table, '192.0.2.7', 0, 1)), '192.0.2.7');
  assert.equal(addressOf(table, add(table, '2001:db8::7', 0, 1)), '2001:db8::7');
});

test('of more IPv6 sources than are remembered the oldest have no address, and are found all the same', () => {
  const table = new FirstSteps(2 ** 17, KEY);
  const first = add(table, '2001:db8::7', 0, 9);
  for (let i = 0; i < 2 ** 16; i++) add(table, `2001:db8:${(i >> 8).toString(16)}:${i & 255}::1`, 0, 1);
  assert.equal(addressOf(table, first), undefined);
  assert.deepEqual(groups(table, '2001:db8::7'), [9]);
});

test('a /64 that holds its share gives up its own oldest, never an entry of another in the same chain', () => {
  const share = 4;
  const table = new FirstSteps(1024, KEY);
  const chain = (text: string) => source(text).hash & 4095;
  const nets = Array.from({ length: 20_000 }, (_, i) => `2001:db8:${i >> 8}:${i & 255}:`);
  const other = nets.slice(1).find((net) => chain(`${net}:1`) === chain(`${nets[0]}:1`))!;
  for (let host = 1; host <= share; host++) {
    for (const net of [nets[0], other]) table.insert(source(`${net}:${host}`), host, host, share, 0);
  }
  table.insert(source(`${nets[0]}:9`), 9, 9, share, 0);
  assert.deepEqual(groups(table, `${nets[0]}:1`), [], 'its own oldest has gone');
  assert.deepEqual(groups(table, `${nets[0]}:9`), [9]);
  for (let host = 1; host <= share; host++) assert.deepEqual(groups(table, `${other}:${host}`), [host]);
});

test('an IPv6 source is not an IPv4 one with the same number', () => {
  const table = new FirstSteps(64, KEY);
  add(table, '192.0.2.7', 0, 1);
  assert.deepEqual(groups(table, '::c000:207'), []);
});

test('of a full table few look-ups for a stranger read an entry, whether it was filled once or many times', () => {
  const capacity = 65_536;
  const table = new FirstSteps(capacity, KEY);
  let number = 0;
  const next = (): HashedSource => {
    const words = { w0: 0, w1: 0, w2: 0xffff, w3: number++ };
    return { ...words, hash: hashSource(KEY, words.w0, words.w1, words.w2, words.w3) };
  };
  const hashes = new Int32Array(MAX_PREFETCH);
  const astray = () => {
    let count = 0;
    for (let batch = 0; batch < 500; batch++) {
      for (let i = 0; i < hashes.length; i++) hashes[i] = next().hash;
      table.prefetch(hashes, 0, hashes.length);
      for (let i = 0; i < hashes.length; i++) count += table.mayHaveHad(i) ? 1 : 0;
    }
    return count / (500 * hashes.length);
  };
  for (let i = 0; i < capacity; i++) table.insert(next(), 1, 0, MANY, 0);
  assert.ok(astray() < 0.08, `${astray()}`);
  for (let i = 0; i < 2 * capacity; i++) table.insert(next(), 1, 0, MANY, 0);
  assert.ok(astray() < 0.08, `${astray()}`);
});
