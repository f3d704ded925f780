import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure } from './measure.ts';
import type { Plan } from './plan.ts';

const STAGE = { full: false, tell: () => undefined };
const SOON = { atMs: Number.POSITIVE_INFINITY };

const plan = (change: Partial<Plan>): Plan => ({
  ...{ id: 'P0', title: 'a title', aboutSeconds: 1, needs: [] },
  measure: () => assert.fail('it was measured'),
  ...change,
});

test('a row whose generator is missing says what to install, and is no failure', async () => {
  const needs = [{ name: 'no-such-generator', debianPackage: 'such-package' }];
  const { row, failed } = await measure(plan({ needs }), STAGE, SOON);
  assert.deepEqual(row.notes, ['no no-such-generator on this machine: apt-get install such-package']);
  assert.deepEqual([row.id, row.title, row.figures, row.bars, failed], ['P0', 'a title', [], [], false]);
});

test('when the time of the bench is up a row says how to run it alone', async () => {
  const { row, failed } = await measure(plan({}), STAGE, { atMs: performance.now() - 1 });
  assert.match(row.notes?.[0] ?? '', /npm run bench -- P0$/);
  assert.equal(failed, false);
});

test('a row that cannot be measured is a row with the reason, and a failure', async () => {
  // No lab: the yard cannot be made.
  const { row, failed } = await measure(plan({}), STAGE, SOON);
  assert.match(row.notes?.[0] ?? '', /^failed: a lab outside of private namespaces/);
  assert.equal(failed, true);
});
