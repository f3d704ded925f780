import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTime } from './in-time.ts';

const never = new Promise<never>(() => undefined);

test('work that ends in time gives its value, or its failure', async () => {
  assert.equal(await inTime(Promise.resolve(7), 60_000), 7);
  await assert.rejects(inTime(Promise.reject(new Error('oops')), 60_000), /oops/);
});

test('work that takes too long gives undefined, and its later failure disturbs nobody', async () => {
  assert.equal(await inTime(never, 1), undefined);
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  assert.equal(await inTime(late, 1), undefined);
  fail(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});
