import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINE_LIMITS, RateLimit } from './rate-limit.ts';

const { burst, perSecond } = LINE_LIMITS.stage;

function allowed(limit: RateLimit, count: number, nowMs: number): number {
  return Array.from({ length: count }, () => limit.allows('stage', nowMs)).filter(Boolean).length;
}

function summaryOf(limit: RateLimit): readonly string[] {
  const lines: string[] = [];
  limit.summarise({ log: (_, line) => lines.push(line) });
  return lines;
}

test('after a quiet time a burst passes, then a few lines a second', () => {
  const limit = new RateLimit(0);
  assert.equal(allowed(limit, 10_000, 0), burst);
  assert.equal(allowed(limit, 10_000, 1000), perSecond);
  assert.equal(allowed(limit, 10_000, 3_600_000), burst);
});

test('what is left out is told once, as a number', () => {
  const limit = new RateLimit(0);
  allowed(limit, burst + 42, 0);
  assert.deepEqual(summaryOf(limit), ['suppressed 42 lines about stages of attempts']);
  assert.deepEqual(summaryOf(limit), []);
});

test('lines that nobody asked for are counted with those that were refused', () => {
  const limit = new RateLimit(0);
  allowed(limit, burst + 2, 0);
  limit.budgetOf('stage').leaveOut(40);
  assert.deepEqual(summaryOf(limit), ['suppressed 42 lines about stages of attempts']);
});

test('one class takes nothing from another', () => {
  const limit = new RateLimit(0);
  allowed(limit, 10_000, 0);
  assert.equal(limit.allows('match', 0), true);
});
