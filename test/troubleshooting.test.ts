/** docs/troubleshooting.md has everything that `explain` can say, in its words. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exampleVerdicts } from './support/explain-cases.ts';

const PAGE = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

/** Cells of the rows whose first cell is a code: cause, what it says, what to do. */
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `([\w-]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, cause = '', says, next]) => [
    cause,
    [says, next],
  ]),
);

for (const { cause, text, next } of exampleVerdicts()) {
  test(`the page says of ${cause} what explain says`, () => {
    assert.deepEqual(ROWS.get(cause), [text, next]);
  });
}

test('each example leads to a cause of its own, and the page has no other', () => {
  const causes = exampleVerdicts().map(({ cause }) => cause);
  assert.equal(new Set(causes).size, causes.length);
  assert.deepEqual([...ROWS.keys()].toSorted(), [...causes].toSorted());
});
