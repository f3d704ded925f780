import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '../grant/decision.ts';
import { formatPrefix } from '../net/prefix.ts';
import { PastDecisions } from './past-decisions.ts';

const ABOUT = { door: 'ssh', source: '192.0.2.7', atMs: 0 };

function told(past: PastDecisions): readonly string[] {
  return past
    .collect(() => true)
    .map(({ source, decision, reason, count }) => `${formatPrefix(source)} ${decision} ${reason} ${count}`);
}

test('the last eight of a door and a source are kept, repeats as one', () => {
  const past = new PastDecisions();
  for (let i = 0; i < 10; i++) {
    past.append({ ...ABOUT, kind: 'refused', reason: 'door-off' }, i);
    past.append({ ...ABOUT, kind: 'refused', reason: 'door-off' }, i);
    past.append({ ...ABOUT, kind: 'refused', reason: 'table-full' }, i);
  }
  const pair = ['192.0.2.7 refused door-off 2', '192.0.2.7 refused table-full 1'];
  assert.deepEqual(told(past), [...pair, ...pair, ...pair, ...pair]);
});

test('the source that had none for longest makes room', () => {
  const past = new PastDecisions();
  const from = (i: number): Decision => ({
    ...ABOUT,
    source: `10.0.${i >> 8}.${i & 255}`,
    kind: 'refused',
    reason: 'door-off',
  });
  for (let i = 0; i < 2000; i++) {
    past.append(from(i), i);
    past.append({ ...ABOUT, kind: 'refused', reason: 'door-off' }, i);
  }
  const lines = told(past);
  assert.equal(lines.length, 1024);
  assert.ok(lines.includes('192.0.2.7 refused door-off 2000'));
  assert.ok(
    lines.includes('10.0.7.207 refused door-off 1') && !lines.includes('10.0.0.0 refused door-off 1'),
  );
});

test('what only leads to another decision, or is about nobody, is left out', () => {
  const past = new PastDecisions();
  const ended = { ...ABOUT, kind: 'command-ended', reason: 'ok' } as const;
  past.append({ ...ABOUT, kind: 'command-started', action: 'start', command: 'x' }, 0);
  past.append({ ...ABOUT, kind: 'closing', reason: 'timeout', means: 'ports' }, 0);
  past.append({ ...ended, action: 'start' }, 0);
  past.append({ ...ended, action: 'stop', reason: 'failed-status', status: 1 }, 0);
  past.append({ ...ABOUT, source: 'nobody', kind: 'refused', reason: 'door-off' }, 0);
  assert.deepEqual(told(past), []);
});

test("the system's words are kept short", () => {
  const past = new PastDecisions();
  past.append({ ...ABOUT, kind: 'refused', reason: 'door-off', detail: 'x'.repeat(1000) }, 0);
  assert.equal(past.collect(() => true)[0]?.detail?.length, 200);
});
