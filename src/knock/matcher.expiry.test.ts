/** Rule 3 of docs/knocking.md: an attempt ends when its time is up, not when the next packet happens to come. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, door, KnockTable, syn, syns } from '../../test/support/knock-table.ts';

const A = '192.0.2.7';
const B = '192.0.2.8';
const SSH = door('ssh', '7000,8000,9000');
const FTP = door('ftp', '7000,7500,9500');

test('a look tells of attempts that are over, at every stage, and forgets them', () => {
  for (const [knocks, stage] of [
    [syns(A, 7000), 1],
    [syns(A, 7000, 8000), 2],
    [syns(A, 7000, 8000, 9000), 3],
  ] as const) {
    const table = new KnockTable([door('four', '7000,8000,9000,9500')]);
    table.see(...knocks);
    assert.equal(table.matcher.liveAttempts, 1);
    assert.deepEqual(table.wait(4900), []);
    assert.deepEqual(table.wait(101), [`four timeout ${stage}`]);
    assert.equal(table.matcher.liveAttempts, 0);
    assert.deepEqual(table.wait(1000), []);
  }
});

test('a look says when the next attempt is due', () => {
  const table = new KnockTable([SSH]);
  table.wait(0);
  assert.equal(table.nextDueMs, -1);
  table.see(syn(A, 7000), after(1000, syn(B, 7000)));
  table.wait(0);
  assert.equal(table.nextDueMs, 4001);
  assert.deepEqual(table.wait(4001), ['ssh timeout 1']);
  assert.equal(table.nextDueMs, 1000);
});

test('the times of several doors are kept apart', () => {
  const table = new KnockTable([{ ...SSH, seqTimeoutMs: 1000 }, FTP]);
  table.see(syn(A, 7000));
  assert.deepEqual(table.wait(1001), ['ssh timeout 1']);
  assert.deepEqual(table.wait(4000), ['ftp timeout 1']);
});

test('doors with one first step time out together, those that went on at their own stage', () => {
  const table = new KnockTable([SSH, FTP]);
  table.see(...syns(A, 7000, 8000));
  assert.deepEqual([...table.wait(5001)].sort(), ['ftp timeout 1', 'ssh timeout 2']);
  assert.equal(table.matcher.liveAttempts, 0);
});

test('a held knock becomes a wrong step when the one before it does not come', () => {
  const table = new KnockTable([SSH]);
  table.see(...syns(A, 7000, 9000));
  table.wait(0);
  assert.equal(table.nextDueMs, 101);
  assert.deepEqual(table.wait(101), ['ssh wrong step 1']);
  assert.equal(table.matcher.liveAttempts, 0);
});

test('a held knock that is the first step again starts anew at the time when it came', () => {
  const table = new KnockTable([door('loop', '7000,8000,7000,9000')]);
  table.see(...syns(A, 7000, 8000), after(1000, syn(A, 9000)));
  assert.deepEqual(table.wait(101), ['loop wrong step 2']);
  const back = new KnockTable([door('back', '7000,8000,9000,7000')]);
  back.see(...syns(A, 7000, 8000), after(1000, syn(A, 7000)));
  assert.deepEqual(back.wait(101), ['back wrong step 2', 'back stage 1']);
  assert.deepEqual(back.wait(4899), []);
  assert.deepEqual(back.wait(1), ['back timeout 1']);
});

test('the next packet tells of an attempt that is over when no look came before it', () => {
  const table = new KnockTable([SSH]);
  table.see(...syns(A, 7000, 8000));
  assert.deepEqual(table.see(after(6000, syn(A, 7000))), ['ssh timeout 2', 'ssh stage 1']);
});

test('an attempt that opened its door does not time out', () => {
  const table = new KnockTable([SSH]);
  table.see(...syns(A, 7000, 8000, 9000));
  assert.equal(table.matcher.liveAttempts, 0);
  assert.deepEqual(table.wait(6000), []);
});

test('of a thousand doors with one first step only a few are told', () => {
  const table = new KnockTable(Array.from({ length: 1000 }, (_, i) => door(`door${i}`, `7000,${8000 + i}`)));
  assert.equal(table.see(syn(A, 7000)).length, 8);
  assert.equal(table.wait(5001).length, 8);
});

test('a full table is looked through in pieces, and everything that is over is told or counted', () => {
  const table = new KnockTable([SSH], { maxAttempts: 65_536 });
  for (let i = 0; i < 50_000; i++)
    table.see(after(0, syn(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 7000)));
  let told = table.wait(60_000).length;
  assert.equal(told, 64);
  let calls = 1;
  for (; table.nextDueMs === 0; calls++) told += table.wait(0).length;
  assert.equal(told, calls * 64);
  assert.equal(table.matcher.takeUntoldEnds(), 50_000 - told);
  assert.ok(calls > 2 && calls < 10);
  assert.equal(table.matcher.liveAttempts, 0);
  assert.equal(table.nextDueMs, -1);
});
