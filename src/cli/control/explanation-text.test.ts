import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplainedEvent, Explanation } from '../../explain/explanation.ts';
import { paletteFor } from '../paint.ts';
import { explanationText } from './explanation-text.ts';

const ABOUT = { at: '2026-11-25T09:00:00.000Z', agoMs: 5, source: '192.0.2.7', count: 1 };
const DOOR = { ...ABOUT, door: 'ssh', steps: 3 };
const PACKET = { protocol: 'tcp', port: 7001 } as const;

const EVENTS: readonly (readonly [string, ExplainedEvent])[] = [
  ['ssh: step 1 of 3', { kind: 'step', stage: 1, ...DOOR }],
  ['ssh: step 1 of 3 (tcp 7001)', { kind: 'step', stage: 1, ...DOOR, packet: PACKET }],
  ['ssh: step 1 of 3 (4 times)', { kind: 'step', stage: 1, ...DOOR, count: 4 }],
  ['ssh: the whole sequence', { kind: 'complete', ...DOOR }],
  ['ssh: step 2 again, which does no harm', { kind: 'duplicate', stage: 2, ...DOOR }],
  ['ssh: step 3 came too early and is held for a moment', { kind: 'held', stage: 1, ...DOOR }],
  [
    'ssh: step 3 came where step 2 was expected, the attempt ends',
    { kind: 'wrong-step', expected: 2, came: 3, isLate: false, ...DOOR },
  ],
  [
    'ssh: another step came where step 2 was expected, the attempt ends',
    { kind: 'wrong-step', expected: 2, came: null, isLate: false, ...DOOR },
  ],
  [
    'ssh: step 2 did not come in time, the attempt ends',
    { kind: 'wrong-step', expected: 2, came: 3, isLate: true, ...DOOR },
  ],
  ['ssh: too slow, 2 of 3 steps came within 5 s', { kind: 'timeout', stage: 2, limitMs: 5000, ...DOOR }],
  ['ssh: a step with other TCP flags than the door wants', { kind: 'other-flags', ...DOOR }],
  ["ssh: a step to another destination than the door's", { kind: 'other-target', ...DOOR }],
  ['a later step, and there was no first one', { kind: 'later-step', ...ABOUT }],
  ['tcp port 7001 is no step: stray 2', { kind: 'stray', strays: 2, packet: PACKET, ...ABOUT }],
  ['a scan: 17 strays, its attempts are ended', { kind: 'scan', strays: 17, ...ABOUT }],
  ['not looked at, banned by hand', { kind: 'banned', by: 'hand', ...ABOUT }],
  [
    'ssh: command ended (failed-status): status 3',
    {
      kind: 'decision',
      decision: 'command-ended',
      reason: 'failed-status',
      status: 3,
      door: 'ssh',
      ...ABOUT,
    },
  ],
  [
    'ssh: opened (grant), without end',
    { kind: 'decision', decision: 'opened', reason: 'grant', endsAt: null, door: 'ssh', ...ABOUT },
  ],
];

function textOf(source: string, events: readonly ExplainedEvent[], omitted = 0): string {
  const verdict = { cause: 'open', door: 'ssh', text: 'it is open', next: 'connect' } as const;
  const explanation: Explanation = { source, verdict, events, omitted, remembersSince: ABOUT.at };
  return explanationText(explanation, paletteFor({}, {}));
}

for (const [words, event] of EVENTS) {
  test(words, () => {
    const line = textOf('192.0.2.7', [event]).split('\n')[4];
    assert.match(line ?? '', /^ {2}\d\d:\d\d:\d\d {2}/);
    assert.equal(line?.slice(12), words);
  });
}

test('the verdict comes first, then what to do; of a prefix each line has its source', () => {
  const lines = textOf('192.0.2.0/24', [EVENTS[0]![1]], 7).split('\n');
  assert.deepEqual(lines.slice(0, 5), [
    '192.0.2.0/24: it is open',
    'next: connect',
    '',
    'what was seen:',
    '  7 older events are not shown',
  ]);
  assert.equal(lines[5]?.slice(12), '192.0.2.7  ssh: step 1 of 3');
  assert.match(textOf('192.0.2.7', []), /\nnothing was seen\n/);
});
