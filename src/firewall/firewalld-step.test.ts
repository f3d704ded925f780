import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Held, heldAfter, type Step, stepTo } from './firewalld-step.ts';

const NONE: Held = { kind: 'none' };
const timed = (slot: 0 | 1, endMs: number): Held => ({ kind: 'timed', slot, endMs });
const untimed = (...slots: readonly (0 | 1)[]): Held => ({ kind: 'untimed', slots });

/** `-0 +1@end -1`: what is cleared, added and removed; `=`: added again. */
function text({ clear, add, remove }: Step): string {
  const added = add === undefined ? [] : [`${add.isAgain ? '=' : '+'}${add.slot}@${add.endMs}`];
  return [...clear.map((slot) => `-${slot}`), ...added, ...remove.map((slot) => `-${slot}`)].join(' ');
}

test('a new end is a rule in the other place before the old one goes', () => {
  for (const [endMs, held, wasRead, expected] of [
    [5, NONE, false, '+0@5'],
    [5, timed(0, 4), false, '+1@5 -0'],
    [5, timed(1, 9), true, '+0@5 -1'],
    [5, timed(1, 5), false, '=1@5'],
    [5, timed(1, 5), true, ''],
    [5, untimed(0), true, '+1@5 -0'],
    [5, untimed(1), true, '+0@5 -1'],
    [5, untimed(0, 1), true, '-0 +0@5 -1'],
    [5, { kind: 'unknown' }, false, '-0 -1 +0@5'],
    [undefined, NONE, false, ''],
    [undefined, timed(1, 5), false, '-1'],
    [undefined, untimed(0, 1), true, '-0 -1'],
    [undefined, { kind: 'unknown' }, false, '-0 -1'],
  ] as const) {
    assert.equal(text(stepTo(endMs, held, wasRead)), expected, JSON.stringify([endMs, held, wasRead]));
  }
});

test('what is held afterwards is what was added, or what was there', () => {
  assert.deepEqual(heldAfter(stepTo(5, timed(0, 4), false), timed(0, 4), 5), timed(1, 5));
  assert.deepEqual(heldAfter(stepTo(5, timed(0, 5), true), timed(0, 5), 5), timed(0, 5));
  assert.deepEqual(heldAfter(stepTo(undefined, timed(0, 5), true), timed(0, 5), undefined), NONE);
});
