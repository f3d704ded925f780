import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedCores, chooseCores, parseCoreList } from './cores.ts';

test('a list of cores has numbers and ranges', () => {
  assert.deepEqual(parseCoreList('0'), [0]);
  assert.deepEqual(parseCoreList('0-1'), [0, 1]);
  assert.deepEqual(parseCoreList('2-4,7,9-10'), [2, 3, 4, 7, 9, 10]);
});

test('load and daemon share a core only where there is no other', () => {
  assert.deepEqual(chooseCores([2, 5, 6]), { load: 2, daemon: 5 });
  assert.deepEqual(chooseCores([3]), { load: 3, daemon: 3 });
});

test('this process may use at least one core', () => {
  assert.ok(allowedCores().length > 0);
  assert.ok(allowedCores().every(Number.isInteger));
});
