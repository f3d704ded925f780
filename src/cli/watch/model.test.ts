import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUS } from '../../../test/support/status-example.ts';
import type { WatchEvent } from '../../control/watch-event.ts';
import { EMPTY, MAX_EVENTS, momentOf, withAbsence, withEvent, withStatus } from './model.ts';
import { ratesOf } from './rates.ts';

const AT = '2026-11-25T09:00:00.000Z';
const START_MS = Date.parse(AT);

function moment(ms: number) {
  return { monotonicMs: 5000 + ms, wallMs: START_MS + ms };
}

function attempt(stage: number, source = '192.0.2.7'): WatchEvent {
  return { kind: 'event', at: AT, event: 'attempt', what: 'stage', source, door: 'ssh', stage };
}

function packets(received: number, dropped: number, startedAt = STATUS.startedAt) {
  const counters = { ...STATUS.counters, packetsReceived: received, packetsDropped: dropped };
  return { ...STATUS, startedAt, counters };
}

test('a flood of events is kept to the last ones', () => {
  let model = EMPTY;
  for (let stage = 1; stage <= 3 * MAX_EVENTS; stage++) model = withEvent(model, attempt(stage));
  assert.equal(model.events.length, MAX_EVENTS);
  assert.equal(model.eventCount, 3 * MAX_EVENTS);
  assert.equal(model.events.at(-1)?.text, `192.0.2.7: ssh: stage ${3 * MAX_EVENTS}`);
});

test('an event with a long text is kept short', () => {
  const { events } = withEvent(EMPTY, attempt(1, 'x'.repeat(100_000)));
  assert.ok((events[0]?.text.length ?? 0) <= 500);
});

/** Kind, reason and text of a decision, and its tone in the view. */
const DECISIONS: readonly (readonly [string, string, string, string | undefined])[] = [
  ['opened', 'command', '192.0.2.7: ssh: opened', 'good'],
  ['closed', 'timeout', '192.0.2.7: ssh: closed', 'plain'],
  ['command-ended', 'ok', '192.0.2.7: ssh: command ended', undefined],
  ['command-ended', 'failed-status', 'ssh: command returned non-zero status code (3)', 'bad'],
  ['refused', 'source', '192.0.2.7: ssh: refused: the door is off', 'bad'],
];

for (const [kind, reason, text, tone] of DECISIONS) {
  test(`the decision '${text}' is ${tone === undefined ? 'not shown' : `shown as ${tone}`}`, () => {
    const decision = { kind: kind as 'opened', reason, door: 'ssh', source: '192.0.2.7', at: AT };
    const { events } = withEvent(EMPTY, { kind: 'event', at: AT, event: 'decision', decision, text });
    assert.deepEqual(
      events.map((event) => [event.text, event.tone]),
      tone === undefined ? [] : [[text, tone]],
    );
  });
}

test('rates are told over the last second or more, and anew for another daemon', () => {
  let model = withStatus(EMPTY, packets(1000, 0), moment(0));
  assert.equal(ratesOf(model.samples), undefined);
  model = withStatus(model, packets(1500, 10), moment(500));
  assert.equal(ratesOf(model.samples), undefined, 'half a second is too short');
  model = withStatus(model, packets(2000, 20), moment(1000));
  assert.deepEqual(ratesOf(model.samples), { received: 1000, dropped: 20 });
  model = withStatus(model, packets(4000, 20), moment(2000));
  assert.deepEqual(ratesOf(model.samples), { received: 2000, dropped: 0 });
  model = withStatus(model, packets(5, 0, '2026-11-25T09:30:00.000Z'), moment(3000));
  assert.equal(ratesOf(model.samples), undefined);
  for (let i = 4; i < 1000; i++) model = withStatus(model, packets(i, 0), moment(i * 1000));
  assert.ok(model.samples.length < 10);
});

test('a daemon that is away is said once, with the time it left, and its times stand still until it is back', () => {
  const known = withStatus(EMPTY, STATUS, moment(0));
  const away = withAbsence(known, 'it has ended the connection', moment(2000));
  const longer = withAbsence(away, 'no daemon answers there', moment(9000));
  assert.deepEqual(longer.absence, { sinceMs: START_MS + 2000, why: 'no daemon answers there' });
  assert.deepEqual(momentOf(longer, moment(9000)), moment(0));
  const back = withStatus(longer, { ...STATUS, pid: 43 }, moment(10_000));
  assert.equal(back.absence, undefined);
  assert.deepEqual(momentOf(back, moment(11_000)), moment(11_000));
  assert.deepEqual(
    back.events.map(({ text }) => text),
    ['the daemon has ended the connection', 'connected again, to process 43'],
  );
});
