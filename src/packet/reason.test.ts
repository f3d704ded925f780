import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as reasons from './reason.ts';

const codes = Object.values(reasons).filter((value) => typeof value === 'number');

test('reason codes run from 0 without gaps or repeats, so that they can index an array', () => {
  const declared = codes.filter((code) => code !== reasons.REASON_COUNT).sort((a, b) => a - b);
  assert.deepEqual(declared, [...Array(reasons.REASON_COUNT).keys()]);
});

test('every reason has a text of its own', () => {
  const texts = new Set(Object.values(reasons.REASON_NAMES));
  assert.equal(texts.size, reasons.REASON_COUNT);
  assert.equal(reasons.reasonText(reasons.LATER_FRAGMENT), 'later fragment');
});

test('a code outside the set is shown as a number', () => {
  assert.equal(reasons.reasonText(999), 'reason 999');
});
