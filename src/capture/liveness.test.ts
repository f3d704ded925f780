import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Liveness } from './liveness.ts';

const CASES: readonly {
  readonly name: string;
  readonly beats: readonly [number, number][];
  readonly live: boolean;
}[] = [
  {
    name: 'a quiet network',
    beats: [
      [5, 3],
      [5, 3],
      [5, 3],
    ],
    live: true,
  },
  {
    name: 'packets that are looked for',
    beats: [
      [5, 3],
      [9, 4],
      [12, 5],
    ],
    live: true,
  },
  {
    name: 'packets since the last beat only: they have time yet',
    beats: [
      [5, 3],
      [5, 3],
      [9, 3],
    ],
    live: true,
  },
  {
    name: 'packets that nobody looked for during a whole beat',
    beats: [
      [5, 3],
      [9, 3],
      [9, 3],
    ],
    live: false,
  },
  {
    name: 'counters that start again with a new capture',
    beats: [
      [50, 30],
      [2, 1],
      [2, 1],
    ],
    live: true,
  },
];

for (const { name, beats, live } of CASES) {
  test(`${name}: ${live ? 'alive' : 'stuck'}`, () => {
    const liveness = new Liveness();
    assert.equal(beats.map(([received, looks]) => liveness.beat(received, looks)).at(-1), live);
  });
}
