import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, medianRatio, quantile } from './statistics.ts';

test('the median is the middle value, or the mean of the two in the middle, in any order', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 6]), 5.5);
  assert.equal(median([7]), 7);
});

test('the median of nothing is no number, and meets no bar', () => {
  assert.ok(Number.isNaN(median([])));
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(quantile(values, 0.99), 99);
  assert.equal(quantile(values, 0.5), 50);
  assert.equal(quantile(values, 1), 100);
  assert.equal(quantile(values, 0), 1);
  assert.equal(quantile([3, 1, 2], 0.99), 3);
});

test('the ratio is taken round by round: a slow round of both sides changes nothing', () => {
  assert.equal(medianRatio([2, 20, 2], [1, 10, 1]), 2);
  assert.ok(Number.isNaN(medianRatio([1, 2], [1])));
});

test('nothing that is given is put into another order', () => {
  const values = [3, 1, 2];
  median(values);
  quantile(values, 0.5);
  assert.deepEqual(values, [3, 1, 2]);
});
