/** Rules 9 and 10 of docs/knocking.md: the table has an end, and who is further stays in it longest. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { after, door, KnockTable, syn, syns } from '../../test/support/knock-table.ts';
import { MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';

const A = '192.0.2.7';
const SSH = door('ssh', '7000,8000,9000');
const FOUR = door('four', '7000,8000,9000,9500');
const SIZE = 256;

/** The knocks from so many addresses, each address for itself, in no time. */
function flood(table: KnockTable, count: number, first: number, ...ports: readonly number[]): void {
  for (let i = first; i < first + count; i++) {
    for (const port of ports) table.see(after(0, syn(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, port)));
  }
}

describe('a full table', () => {
  test('holds no more than its size', () => {
    const table = new KnockTable([SSH], { maxAttempts: SIZE });
    flood(table, 5 * SIZE, 0, 7000);
    assert.equal(table.matcher.liveAttempts, SIZE);
  });

  test('forgets the oldest first step first', () => {
    const table = new KnockTable([SSH], { maxAttempts: SIZE });
    table.see(syn(A, 7000));
    flood(table, SIZE - 1, 0, 7000);
    table.see(...syns(A, 8000, 9000));
    assert.deepEqual(table.openings, [`ssh ${A}`]);
    table.see(syn(A, 7000));
    flood(table, SIZE, SIZE, 7000);
    table.see(...syns(A, 8000, 9000));
    assert.equal(table.openings.length, 1);
  });

  test('keeps who is further while first steps flood it, at every stage', () => {
    const table = new KnockTable([FOUR], { maxAttempts: SIZE, maxStrays: 0 });
    table.see(...syns(A, 7000, 8000));
    flood(table, 3 * SIZE, 0, 7000);
    table.see(syn(A, 9000));
    flood(table, 3 * SIZE, 3 * SIZE, 7000);
    table.see(syn(A, 9500));
    assert.deepEqual(table.openings, [`four ${A}`]);
  });

  test('keeps who is at stage 3 while second steps flood it', () => {
    const table = new KnockTable([FOUR], { maxAttempts: SIZE });
    table.see(...syns(A, 7000, 8000, 9000));
    flood(table, 2 * SIZE, 0, 7000, 8000);
    table.see(syn(A, 9500));
    assert.deepEqual(table.openings, [`four ${A}`]);
  });

  test('keeps who is further while early second steps flood it', () => {
    const table = new KnockTable([SSH], { maxAttempts: SIZE });
    table.see(...syns(A, 7000, 8000));
    flood(table, 3 * SIZE, 0, 8000);
    table.see(syn(A, 9000));
    assert.deepEqual(table.openings, [`ssh ${A}`]);
  });

  test('takes first steps again when its attempts are over', () => {
    const table = new KnockTable([SSH], { maxAttempts: SIZE });
    flood(table, SIZE, 0, 7000);
    table.wait(60_000);
    assert.equal(table.matcher.liveAttempts, 0);
    table.see(...syns(A, 7000, 8000, 9000));
    assert.deepEqual(table.openings, [`ssh ${A}`]);
  });
});

describe('one source', () => {
  const manyFirsts = Array.from({ length: 100 }, (_, i) => door(`door${i}`, `${1000 + i},2000,3000`));

  test('holds a bounded number of attempts', () => {
    const table = new KnockTable(manyFirsts, { maxStrays: 1000 });
    for (let i = 0; i < 100; i++) table.see(syn(A, 1000 + i));
    assert.equal(table.matcher.liveAttempts, MAX_ENTRIES_PER_SOURCE);
    table.see(syn(A, 2000), syn(A, 3000));
    assert.equal(table.openings.length, MAX_ENTRIES_PER_SOURCE);
  });

  test('is a whole /64 in IPv6', () => {
    const table = new KnockTable([SSH]);
    for (let i = 1; i <= 500; i++) table.see(after(0, syn(`2001:db8::${i.toString(16)}`, 7000)));
    assert.equal(table.matcher.liveAttempts, MAX_ENTRIES_PER_SOURCE);
  });

  test('cannot push out another /64 or an IPv4 address', () => {
    const table = new KnockTable([SSH], { maxAttempts: SIZE });
    table.see(syn('2001:db8:0:1::7', 7000), syn(A, 7000));
    for (let i = 1; i <= 5 * SIZE; i++) table.see(after(0, syn(`2001:db8::${i.toString(16)}`, 7000)));
    table.see(...syns('2001:db8:0:1::7', 8000, 9000), ...syns(A, 8000, 9000));
    assert.deepEqual(table.openings, ['ssh 2001:db8:0:1::7', `ssh ${A}`]);
  });

  test('is one address in IPv6 where attempts are counted', () => {
    const table = new KnockTable([SSH]);
    table.see(syn('2001:db8::1', 7000), syn('2001:db8::2', 8000), syn('2001:db8::1', 9000));
    assert.deepEqual(table.openings, []);
  });
});

describe('doors with one first step', () => {
  const ALIKE = Array.from({ length: 100 }, (_, i) => door(`d${i}`, `7000,${8000 + i}`));
  const flood = Array.from({ length: 64 }, (_, i) => after(0, syn(`10.0.0.${i}`, 7000)));
  /** Eight packets are told of with eight doors each, which are 64 events. */
  const TOLD = 8 * 8;
  const UNTOLD = 64 - 8;

  test('are told of one by one, until a batch has told much; then they are counted', () => {
    const table = new KnockTable(ALIKE);
    assert.equal(table.seeTogether(...flood).length, TOLD);
    assert.equal(table.matcher.takeUntoldSteps(), UNTOLD);
    assert.equal(table.see(syn(A, 7000)).length, 8);
    assert.equal(table.matcher.takeUntoldSteps(), 0);
  });

  test('and so are the ends of many attempts', () => {
    const table = new KnockTable(ALIKE);
    table.seeTogether(...flood);
    assert.equal(table.wait(6000).length, TOLD);
    assert.equal(table.matcher.takeUntoldEnds(), UNTOLD);
    assert.equal(table.matcher.liveAttempts, 0);
    table.see(syn(A, 7000));
    assert.equal(table.wait(6000).length, 8);
  });

  test('open for all that, whoever speaks for them', () => {
    const table = new KnockTable(ALIKE);
    table.seeTogether(...flood);
    table.see(syn('10.0.0.63', 8077));
    assert.deepEqual(table.openings, ['d77 10.0.0.63']);
  });
});

test('of a source that comes twice in a batch, two rings after it came before, the second is a repetition', () => {
  const size = 64;
  // Of some of them nobody else has been in the chain since.
  for (let last = 1; last <= 20; last++) {
    const source = `192.0.2.${last}`;
    const table = new KnockTable([SSH], { maxAttempts: size });
    table.see(syn(source, 7000));
    for (let i = 1; i < 2 * size; i++) table.see(after(0, syn(`10.1.0.${i}`, 7000)));
    const told = table.seeTogether(syn(source, 7000), syn(source, 7000));
    assert.deepEqual(told, ['ssh stage 1', 'ssh duplicate'], source);
  }
});
