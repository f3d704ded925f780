import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withFigures } from './readme.ts';
import { atMost, figure, notMeasured, type Row } from './row.ts';

const README =
  'before\n<!-- figures: written by npm run bench -- --readme -->\nold\n<!-- end of figures -->\nafter\n';
const ROWS: readonly Row[] = [
  { id: 'P1', title: 'one', ...notMeasured('no knockd on this machine') },
  {
    ...{ id: 'P4', title: 'two', method: 'once' },
    figures: [
      figure('postern', 0.25, 'µs a packet'),
      figure('postern, rate', 900_000, 'packets/s'),
      figure('tcpdump -w /dev/null', 0.05, 'µs a packet'),
    ],
    bars: [atMost('times tcpdump', 5, 4), atMost('as a part of knockd', 0.1, 0.125)],
  },
];

test('the figures stand between their lines, and nothing else is touched', () => {
  const text = withFigures(README, ROWS, 'a machine');
  assert.match(text, /^before\n<!-- figures/);
  assert.match(text, /<!-- end of figures -->\nafter\n$/);
  assert.doesNotMatch(text, /old/);
  assert.match(text, /From one run on a machine:/);
  assert.match(
    text,
    /\| 0\.25 µs a packet, 900,000 packets\/s \| tcpdump to \/dev\/null 0\.05 µs a packet \|/,
  );
});

test('what was not measured has no line, and what was missed is named', () => {
  const text = withFigures(README, ROWS, 'a machine');
  assert.doesNotMatch(text, /open port/);
  assert.match(text, /Not reached in this run: times tcpdump 5 \(at most 4\)\./);
});

test('a second run replaces the first', () => {
  const once = withFigures(README, ROWS, 'a machine');
  assert.equal(withFigures(once, ROWS, 'a machine'), once);
});

test('the README of this project has a place for figures; a text without one is refused', () => {
  withFigures(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'), ROWS, 'a machine');
  assert.throws(() => withFigures('nothing', ROWS, 'a machine'), /has no lines/);
});
