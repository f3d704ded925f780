import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from './arguments.ts';

const KNOWN = ['P1', 'P2', 'signals'];
const WHOLE = { kind: 'run', ids: KNOWN, isWhole: true, full: false, readme: false };

test('without arguments all rows are wanted', () => {
  assert.deepEqual(parseArguments([], KNOWN), WHOLE);
  assert.deepEqual(parseArguments(['--full', '--readme'], KNOWN), { ...WHOLE, full: true, readme: true });
});

test('rows are named in any case and order, and come in the order of the bench', () => {
  const some = { ...WHOLE, ids: ['P2', 'signals'], isWhole: false };
  assert.deepEqual(parseArguments(['SIGNALS', 'p2', 'P2'], KNOWN), some);
});

test('an unknown row is an error that names the nearest and all', () => {
  assert.deepEqual(parseArguments(['P2', 'singals'], KNOWN), {
    kind: 'error',
    message: "unknown row 'singals'",
    hint: "did you mean 'signals'? there are P1, P2, signals",
  });
  assert.deepEqual(parseArguments(['everything'], KNOWN), {
    kind: 'error',
    message: "unknown row 'everything'",
    hint: 'there are P1, P2, signals',
  });
});

test('an unknown option is an error', () => {
  const parsed = parseArguments(['--ful'], KNOWN);
  assert.equal(parsed.kind === 'error' && parsed.message, "unknown option '--ful'");
  assert.match(parsed.kind === 'error' ? parsed.hint : '', /did you mean '--full'/);
});

test('the README takes only figures of a whole run', () => {
  assert.equal(parseArguments(['--readme', 'P2'], KNOWN).kind, 'error');
});

test('help comes before any error', () => {
  assert.deepEqual(parseArguments(['nonsense', '-h'], KNOWN), { kind: 'help' });
});
