/** A changed configuration: attempts on doors that stay the same go on, the others are forgotten. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { door, KnockTable, syn, syns } from '../../test/support/knock-table.ts';
import type { KnockDoor } from './knock-door.ts';
import type { MatcherOptions } from './matcher.ts';

const A = '192.0.2.7';
const SSH = door('ssh', '7000,8000,9000');
const FTP = door('ftp', '1000,2000,3000');
const FOUR = door('four', '7000,8000,9000,9500');

/** A table with the new doors that has taken over the attempts on doors that are in both lists. */
function adopted(
  before: KnockTable,
  oldDoors: readonly KnockDoor[],
  doors: readonly KnockDoor[],
  options: Partial<MatcherOptions> = {},
): KnockTable {
  const table = new KnockTable(doors, options, before.nowMs);
  table.matcher.adopt(
    before.matcher,
    oldDoors.map((old) => doors.indexOf(old)),
  );
  return table;
}

test('attempts at every stage go on, wherever their door is now', () => {
  const doors = [FOUR, FTP];
  const route = [7000, 8000, 9000, 9500];
  for (let made = 1; made < route.length; made++) {
    const before = new KnockTable(doors);
    before.see(...syns(A, ...route.slice(0, made)));
    const after = adopted(before, doors, [SSH, FTP, FOUR]);
    after.see(...syns(A, ...route.slice(made)));
    assert.ok(after.openings.includes(`four ${A}`), `stage ${made}: ${after.openings}`);
  }
});

test('attempts on doors that are gone or changed are forgotten', () => {
  const doors = [SSH, FTP];
  for (const made of [1, 2]) {
    const before = new KnockTable(doors);
    before.see(...syns(A, ...[7000, 8000].slice(0, made)), ...syns(A, ...[1000, 2000].slice(0, made)));
    const after = adopted(before, doors, [{ ...SSH, seqTimeoutMs: 1000 }, FTP]);
    assert.equal(after.matcher.liveAttempts, 1);
    after.see(...syns(A, ...[8000, 9000].slice(made - 1)), ...syns(A, ...[2000, 3000].slice(made - 1)));
    assert.deepEqual(after.openings, [`ftp ${A}`]);
  }
});

test('an attempt keeps its start', () => {
  const before = new KnockTable([SSH]);
  before.see(...syns(A, 7000, 8000));
  before.wait(4000);
  const after = adopted(before, [SSH], [SSH]);
  assert.deepEqual(after.wait(900), []);
  assert.deepEqual(after.wait(101), ['ssh timeout 2']);
});

test('an attempt keeps its strays', () => {
  const before = new KnockTable([SSH], { maxStrays: 2 });
  before.see(...syns(A, 7000, 100, 101));
  const after = adopted(before, [SSH], [SSH], { maxStrays: 2 });
  assert.deepEqual(after.see(syn(A, 102)), [`${A} stray 3`, `${A} scan`]);
});

test('a held knock stays held', () => {
  const before = new KnockTable([SSH]);
  before.see(...syns(A, 7000, 9000));
  const after = adopted(before, [SSH], [SSH]);
  after.see(syn(A, 8000));
  assert.deepEqual(after.openings, [`ssh ${A}`]);
});

test('a door that opened does not go on by the first step that it shares', () => {
  const doors = [door('pair', '7000,8000'), SSH];
  const before = new KnockTable(doors);
  before.see(...syns(A, 7000, 8000));
  const after = adopted(before, doors, doors);
  after.see(syn(A, 8000), syn(A, 9000));
  assert.deepEqual([before.openings, after.openings], [[`pair ${A}`], [`ssh ${A}`]]);
});

test('a ban goes on', () => {
  const options = { maxStrays: 0, banTimeMs: 1000 };
  const before = new KnockTable([SSH], options);
  before.see(...syns(A, 7000, 100));
  const after = adopted(before, [SSH], [FTP], options);
  assert.deepEqual(after.see(syn(A, 1000)), [`${A} banned`]);
});

test('a smaller table keeps the youngest', () => {
  const before = new KnockTable([SSH], { maxAttempts: 512 });
  for (let i = 0; i < 512; i++) before.see(syn(`10.1.${i >> 8}.${i & 255}`, 7000));
  const after = adopted(before, [SSH], [SSH], { maxAttempts: 64 });
  assert.equal(after.matcher.liveAttempts, 64);
  after.see(...syns('10.1.1.255', 8000, 9000), ...syns('10.1.0.1', 8000, 9000));
  assert.deepEqual(after.openings, ['ssh 10.1.1.255']);
});
