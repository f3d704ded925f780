import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareRows } from './share-rows.ts';

/** Rows, what each pane keeps free and wants, and what each gets. */
const CASES: readonly (readonly [number, readonly (readonly [number, number])[], readonly number[]])[] = [
  [
    0,
    [
      [2, 5],
      [2, 5],
    ],
    [0, 0],
  ],
  [
    -3,
    [
      [2, 5],
      [2, 5],
    ],
    [0, 0],
  ],
  [
    1,
    [
      [2, 5],
      [2, 5],
    ],
    [1, 0],
  ],
  [
    3,
    [
      [2, 5],
      [2, 5],
    ],
    [2, 1],
  ],
  [
    4,
    [
      [2, 0],
      [2, 50],
    ],
    [2, 2],
  ],
  [
    10,
    [
      [2, 0],
      [2, 50],
    ],
    [2, 8],
  ],
  [
    10,
    [
      [2, 50],
      [2, 50],
    ],
    [5, 5],
  ],
  [
    20,
    [
      [2, 3],
      [2, 1],
    ],
    [3, 17],
  ],
  [
    16,
    [
      [2, 50_000],
      [2, 0],
      [1, 0],
      [2, 3],
      [4, 500],
    ],
    [4, 2, 1, 3, 6],
  ],
  [5, [], []],
];

for (const [rows, wishes, expected] of CASES) {
  test(`${rows} rows among ${JSON.stringify(wishes)} are ${JSON.stringify(expected)}`, () => {
    const given = shareRows(
      rows,
      wishes.map(([least, wanted]) => ({ least, wanted })),
    );
    assert.deepEqual(given, expected);
  });
}
