/** Where events are kept: what is forgotten, and in which order the rest is given. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGE } from '../knock/match-event.ts';
import { FirstEvents } from './first-events.ts';
import { FurtherEvents } from './further-events.ts';
import { packState, packWhat, type RememberedEvent } from './remembered-event.ts';

const FOUR = [0, 0, 0xffff] as const;
const WHAT = packWhat(STAGE, 6, 65_535);

function collected(ring: Pick<FirstEvents, 'collect'>, w3?: number): readonly RememberedEvent[] {
  const found: RememberedEvent[] = [];
  ring.collect((_w0, _w1, _w2, word) => w3 === undefined || word === w3, found);
  return found;
}

test('a full ring of first events gives up its oldest, and knows since when it remembers', () => {
  const ring = new FirstEvents(4);
  const append = (i: number) => {
    ring.nowMs = 100 * i;
    ring.append(WHAT, 7, packState(i), ...FOUR, i);
  };
  for (let i = 1; i <= 4; i++) append(i);
  assert.equal(ring.sinceMs, 100);
  for (let i = 5; i <= 6; i++) append(i);
  assert.equal(ring.sinceMs, 300);
  assert.deepEqual(
    collected(ring).map(({ stage, timeMs, w3 }) => [stage, timeMs, w3]),
    [3, 4, 5, 6].map((i) => [i, 100 * i, i]),
  );
  assert.deepEqual(collected(ring, 5), [
    {
      kind: STAGE,
      protocol: 6,
      port: 65_535,
      door: 7,
      stage: 5,
      count: 1,
      timeMs: 500,
      w0: 0,
      w1: 0,
      w2: 0xffff,
      w3: 5,
    },
  ]);
});

test('until it is full it has forgotten nothing', () => {
  const ring = new FirstEvents(4);
  ring.append(WHAT, 7, 1, ...FOUR, 1);
  assert.equal(ring.sinceMs, undefined);
});

test('what was not appended is forgotten as well', () => {
  const ring = new FirstEvents(2);
  ring.nowMs = 100;
  ring.append(WHAT, 7, 1, ...FOUR, 1);
  ring.forgot();
  assert.equal(ring.sinceMs, 100);
  for (const nowMs of [200, 300]) {
    ring.nowMs = nowMs;
    ring.append(WHAT, 7, 1, ...FOUR, 2);
  }
  assert.equal(ring.sinceMs, 200);
  ring.nowMs = 400;
  ring.forgot();
  assert.equal(ring.sinceMs, 400);
});

test('each source keeps its own last events', () => {
  const table = new FurtherEvents({ k0: 1, k1: 2 });
  const place = table.add(...FOUR, 9);
  for (let i = 0; i < 100; i++) table.append(place, packWhat(STAGE, 6, i), 0, 2);
  const ports = collected(table, 9).map(({ port }) => port);
  assert.deepEqual(
    ports,
    Array.from({ length: 32 }, (_, i) => 68 + i),
  );
});

test('the source that was quiet for longest makes room', () => {
  const table = new FurtherEvents({ k0: 1, k1: 2 });
  const busy = table.add(...FOUR, -1);
  for (let i = 0; i < 20_000; i++) {
    table.nowMs = i + 1;
    table.append(table.add(...FOUR, i), WHAT, 0, 2);
    table.nowMs = i + 1.5;
    table.append(busy, WHAT, 0, 2);
  }
  assert.equal(table.find(...FOUR, -1), busy);
  assert.equal(table.find(...FOUR, 0), -1);
  assert.ok(table.find(...FOUR, 19_999) >= 0);
  assert.equal(collected(table).length, 2048);
});
