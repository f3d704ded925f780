import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketClock } from './packet-clock.ts';

const WALL_MS = 1_700_000_000_500;

function clockAt(monotonicMs: number): PacketClock {
  const clock = new PacketClock();
  clock.set(monotonicMs, WALL_MS);
  return clock;
}

test('a packet that waited 30 ms in the ring counts from when the kernel saw it', () => {
  assert.equal(clockAt(5000).timeOf(1_700_000_000, 470_000), 4970);
});

test('a stamp in the future, or too old for any ring, counts as now', () => {
  assert.equal(clockAt(50_000).timeOf(1_700_000_001, 0), 50_000);
  assert.equal(clockAt(50_000).timeOf(1_699_999_000, 0), 50_000);
});

test('times never step back, not even when packets of two interfaces come out of order', () => {
  const clock = clockAt(5000);
  assert.equal(clock.timeOf(1_700_000_000, 490_000), 4990);
  assert.equal(clock.timeOf(1_700_000_000, 400_000), 4990);
});

test('a wall clock that is set back by an hour does not stop the time', () => {
  const clock = clockAt(5000);
  clock.timeOf(1_700_000_000, 500_000);
  clock.set(6000, WALL_MS - 3_600_000);
  assert.equal(clock.timeOf(1_700_000_000 - 3600, 500_000), 6000);
});

test('after 25 days the time wraps as a 32-bit integer and differences stay right', () => {
  const clock = clockAt(2 ** 31 - 10);
  const before = clock.timeOf(1_700_000_000, 500_000);
  clock.set(2 ** 31 + 10, WALL_MS + 20);
  const after = clock.timeOf(1_700_000_000, 520_000);
  assert.ok(after < 0);
  assert.equal((after - before) | 0, 20);
});
