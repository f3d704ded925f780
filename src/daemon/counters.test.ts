import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPENED, SCAN, STAGE, TIMEOUT } from '../knock/match-event.ts';
import { REPLAY } from '../spa/verdict.ts';
import { Counters } from './counters.ts';

const ABOUT = { door: 'ssh', source: '192.0.2.7', atMs: 0 };

test('events and decisions are counted, by door and by reason', () => {
  const counters = new Counters();
  counters.event(STAGE, 'ssh');
  counters.event(OPENED, 'ssh');
  counters.event(OPENED, 'web');
  counters.event(TIMEOUT, 'ssh');
  counters.event(SCAN, undefined);
  counters.spa(REPLAY);
  counters.decision({ ...ABOUT, kind: 'opened', reason: 'grant', endsMs: 1 });
  counters.decision({ ...ABOUT, kind: 'refused', reason: 'door-off' });
  counters.decision({ ...ABOUT, kind: 'refused', reason: 'door-off' });
  counters.decision({ ...ABOUT, kind: 'command-started', action: 'start', command: 'true' });
  counters.decision({ ...ABOUT, kind: 'command-ended', action: 'start', reason: 'ok' });
  counters.decision({ ...ABOUT, kind: 'command-ended', action: 'stop', reason: 'time-limit' });
  counters.decision({ ...ABOUT, kind: 'closed', reason: 'timeout', means: 'commands' });
  assert.deepEqual(counters.status({ received: 5, dropped: 1 }), {
    ...{ packetsReceived: 5, packetsDropped: 1, matches: 2, timeouts: 1, scans: 1 },
    ...{ opened: 1, refreshed: 0, closed: 1, refused: { 'door-off': 2 }, spaRefused: { replay: 1 } },
    ...{ commandsStarted: 1, commandsFailed: { 'time-limit': 1 } },
  });
  assert.equal(counters.matchesOf('ssh'), 1);
});

test('doors that are gone are forgotten, the sum stays', () => {
  const counters = new Counters();
  counters.event(OPENED, 'ssh');
  counters.event(OPENED, 'web');
  counters.keepDoors(new Set(['web']));
  assert.deepEqual([counters.matchesOf('ssh'), counters.matchesOf('web')], [0, 1]);
  assert.equal(counters.status({ received: 0, dropped: 0 }).matches, 2);
});

test('time-outs that were only counted are in the sum', () => {
  const counters = new Counters();
  counters.event(TIMEOUT, 'ssh');
  counters.untoldTimeouts(63);
  assert.equal(counters.status({ received: 0, dropped: 0 }).timeouts, 64);
});
