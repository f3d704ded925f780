/** What holds memory in bounds, against the counts that it stands for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../../test/support/seeded-random.ts';
import { DistinctCount } from './distinct-count.ts';
import { Lanes, MAX_LANES, MAX_SPANS } from './lanes.ts';
import { SourceTable } from './source-table.ts';
import { Tally, THE_OTHERS } from './tally.ts';
import { TimeBins } from './time-bins.ts';

test('a table of sources keeps who did most, marks what it cannot know, and stays small', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`seed ${random.seed}`);
  const table = new SourceTable(100);
  table.add('guest', 'opened', 1);
  for (let n = 0; n < 20_000; n++) {
    table.add(`s${random.below(5000)}`, 'stages', n);
    if (n % 20 === 0) table.add('scanner', 'scans', n);
    assert.ok(table.size <= 100);
  }
  const [guest] = table.top(1, ({ opened }) => opened);
  assert.deepEqual([guest?.source, guest?.opened, guest?.isAtLeast], ['guest', 1, false]);
  const [scanner] = table.top(1, ({ scans }) => scans);
  assert.deepEqual([scanner?.source, scanner?.scans, scanner?.isAtLeast], ['scanner', 1000, false]);
  assert.ok(table.forgotten > 0);
  const low = table.top(100, ({ stages }) => stages);
  assert.ok(low.some(({ isAtLeast }) => isAtLeast));
});

test('a table with room forgets nobody', () => {
  const table = new SourceTable(10);
  for (let n = 0; n < 10; n++) table.add(`s${n}`, 'stages', n);
  assert.deepEqual([table.size, table.forgotten], [10, 0]);
});

test('how many different texts there were, within 1 %', () => {
  for (const count of [0, 1, 1000, 300_000]) {
    const distinct = new DistinctCount();
    for (let n = 0; n < count; n++) {
      distinct.add(`192.0.2.${n}`);
      if (n % 3 === 0) distinct.add(`192.0.2.${n}`);
    }
    assert.ok(Math.abs(distinct.estimate - count) <= count * 0.01 + 1, `${count}: ${distinct.estimate}`);
  }
});

test('bins over any period lose no event, and are few', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`seed ${random.seed}`);
  const startMs = Date.UTC(2026, 0, 1);
  for (const days of [0, 1, 30, 4000]) {
    const bins = new TimeBins(2, startMs);
    for (let n = 0; n < 5000; n++) bins.add(startMs + random.below(days * 1000 + 1) * 86_400, n % 2);
    const rows = bins.list(days * 86_400_000, 168);
    assert.ok(rows.length <= 170, `${days}: ${rows.length}`);
    assert.deepEqual(
      [0, 1].map((column) => rows.reduce((sum, { counts }) => sum + (counts[column] ?? 0), 0)),
      [2500, 2500],
    );
  }
});

test('a lane with too many spans joins those that are closest', () => {
  const lanes = new Lanes(Number.NEGATIVE_INFINITY);
  const count = 1000;
  for (let n = 0; n < count; n++) {
    const startMs = n * 100_000 + (n % 10 === 0 ? 50_000 : 0);
    lanes.add('ssh', '192.0.2.7', startMs, { endMs: startMs + 1000, isOpen: false });
  }
  const [lane] = lanes.list();
  assert.ok((lane?.spans.length ?? 0) <= MAX_SPANS);
  assert.deepEqual([lane?.openings, lane?.openMs], [count, count * 1000]);
  assert.equal((lane?.spans.length ?? 0) + lanes.closedGaps, count);
});

test('lanes beyond the last are counted without one', () => {
  const lanes = new Lanes(Number.NEGATIVE_INFINITY);
  const count = MAX_LANES * 2;
  for (let n = 0; n < count; n++) lanes.add('ssh', `s${n}`, n, { endMs: n + 1, isOpen: false });
  const others = lanes.others.get('ssh');
  assert.ok(lanes.list().length <= MAX_LANES);
  assert.equal(lanes.list().length + (others?.lanes ?? 0), count);
  assert.equal(lanes.list().length + (others?.openings ?? 0), count);
});

test('a tally with too many names counts the rest together', () => {
  const tally = new Tally();
  for (let n = 0; n < 2000; n++) tally.add(`reason ${n}`);
  assert.equal(
    Object.values(tally.counts).reduce((sum, n) => sum + n, 0),
    2000,
  );
  assert.equal(tally.counts[THE_OTHERS], 1500);
});
