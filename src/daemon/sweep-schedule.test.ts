import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SweepSchedule } from './sweep-schedule.ts';

test('without attempts there is nothing to wait for', () => {
  const schedule = new SweepSchedule(1000);
  assert.equal(schedule.packetsTaken(0, 50), false);
  assert.equal(schedule.dueMs, undefined);
});

test('the first look is when the shortest timeout of an attempt that began now is over', () => {
  const schedule = new SweepSchedule(1000);
  assert.equal(schedule.packetsTaken(1, 50), true);
  assert.equal(schedule.dueMs, 1050);
  assert.equal(schedule.packetsTaken(2, 60), false, 'a later one changes nothing');
});

test('the answer of the matcher sets the next look', () => {
  const schedule = new SweepSchedule(1000);
  schedule.packetsTaken(1, 0);
  schedule.swept(300, 1, 1000);
  assert.equal(schedule.dueMs, 1300);
  schedule.swept(-1, 0, 1300);
  assert.equal(schedule.dueMs, undefined);
});

test('a big table is not looked through at every turn, the larger the more seldom', () => {
  const schedule = new SweepSchedule(1);
  schedule.swept(1, 400_000, 1000);
  assert.equal(schedule.dueMs, 2000);
  schedule.swept(1, 40_000, 2000);
  assert.equal(schedule.dueMs, 2250);
  schedule.swept(1, 3, 2250);
  assert.equal(schedule.dueMs, 2252);
});

test('a pass in pieces goes on at once', () => {
  const schedule = new SweepSchedule(1);
  schedule.swept(0, 400_000, 1000);
  assert.equal(schedule.dueMs, 1002);
});
