/** Doors with ports: what the firewall is asked, and when. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  address,
  GrantBench,
  portDoor,
  settle,
  testDoor,
  WALL_START_MS,
} from '../../test/support/grant-bench.ts';
import { FOREVER_MS } from '../base/duration.ts';
import { OpError } from '../base/op-error.ts';
import { parsePrefix } from '../net/prefix.ts';
import { stillOpen } from './grant.ts';
import type { GrantRecord } from './journal-record.ts';

const SSH = portDoor('ssh');
const A = '192.0.2.7';
const B = '192.0.2.8';
const SIX = '2001:db8:0:1:aa::7';

function record(change: Partial<GrantRecord>): GrantRecord {
  const blank = { id: 1, door: 'ssh', source: A, means: { kind: 'ports' } } as const;
  return { ...blank, endMs: WALL_START_MS + 30_000, timeoutMs: 30_000, ...change };
}

function prefixes(...texts: readonly string[]) {
  return texts.map((text) => parsePrefix(text) ?? assert.fail(text));
}

test('a door with ports is open for Open_For and then closed, in the journal all the while', async () => {
  const bench = new GrantBench();
  const { decided } = await bench.match(SSH, A);
  const about = { door: 'ssh', source: A, atMs: WALL_START_MS };
  const how = { kind: 'opened', reason: 'grant', means: 'ports', endsMs: WALL_START_MS + 30_000 };
  assert.deepEqual(await decided, { ...how, ...about });
  assert.deepEqual([...bench.ports.openUntil], [[`ssh ${A}`, WALL_START_MS + 30_000]]);
  assert.deepEqual([...bench.journal.live.values()], [record({})]);
  await bench.advance(29_999);
  assert.deepEqual(bench.ports.done, [`open ssh ${A}`]);
  await bench.advance(1);
  assert.deepEqual(bench.ports.done, [`open ssh ${A}`, `close ssh ${A}`]);
  assert.deepEqual(bench.told(), ['opened/grant', 'closing/timeout', 'closed/timeout']);
  assert.equal(bench.journal.live.size, 0);
});

test('the time of a door with ports begins with the knock, however long the firewall takes', async () => {
  const bench = new GrantBench();
  bench.ports.hold();
  await bench.match(SSH, A);
  bench.nowMs = 4000;
  bench.ports.release();
  await settle();
  assert.equal(bench.grants.nextDueMs(), 30_000);
});

test('a match on an open door moves its end in the firewall and the journal, at most once a second', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  await bench.advance(999);
  await bench.match(SSH, A);
  assert.deepEqual(bench.ports.done, [`open ssh ${A}`]);
  await bench.advance(9001);
  await bench.match(SSH, A);
  assert.deepEqual(bench.ports.done, [`open ssh ${A}`, `open ssh ${A}`]);
  assert.equal(bench.ports.openUntil.get(`ssh ${A}`), WALL_START_MS + 40_000);
  assert.equal(bench.journal.live.get(1)?.endMs, WALL_START_MS + 40_000);
  assert.equal(bench.grants.nextDueMs(), 40_000);
  assert.deepEqual(bench.told(), ['opened/grant', 'refreshed/open', 'refreshed/open']);
});

test('a firewall that fails to open is asked to close, again and again until it does', async () => {
  const bench = new GrantBench();
  bench.ports.error = 'no such table';
  const { decided } = await bench.match(SSH, A);
  const decision = await decided;
  assert.equal(decision.kind === 'failed' && decision.detail, 'no such table');
  assert.deepEqual(bench.told(), [
    'failed/firewall-failed',
    'closing/start-failed',
    'close-delayed/start-failed',
  ]);
  await bench.advance(1000);
  bench.ports.error = undefined;
  await bench.advance(2000);
  assert.deepEqual(bench.told(), ['close-delayed/start-failed', 'closed/start-failed']);
  assert.equal(bench.journal.live.size, 0);
});

test('a firewall that fails to move an end leaves the door as it is', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  await bench.advance(10_000);
  bench.ports.error = 'busy';
  await bench.match(SSH, A);
  bench.ports.error = undefined;
  assert.deepEqual(bench.told(), ['opened/grant', 'failed/firewall-failed']);
  assert.equal(bench.ports.openUntil.get(`ssh ${A}`), WALL_START_MS + 30_000);
});

test('the firewall is not touched when the grant cannot be written down', async () => {
  const bench = new GrantBench();
  bench.journal.broken = new OpError({ op: 'write', target: 'x', code: 'ENOSPC' });
  await bench.match(SSH, A);
  assert.deepEqual(bench.ports.done, []);
  assert.deepEqual(bench.told(), ['refused/journal-failed']);
});

test('a door for whole IPv6 prefixes lets in the prefix, and the address alone for IPv4', async () => {
  const bench = new GrantBench();
  const door = portDoor('ssh', { ipv6PrefixLength: 64 });
  await bench.match(door, SIX);
  await bench.match(door, '2001:db8:0:1::9');
  await bench.match(door, A);
  assert.deepEqual([...bench.ports.openUntil.keys()], ['ssh 2001:db8:0:1::/64', `ssh ${A}`]);
  assert.equal(bench.grants.close('ssh', '2001:db8:0:1::77', bench.now), 1);
});

test('Allow_From decides who may use a door, also one with commands', async () => {
  const bench = new GrantBench();
  const allowFrom = prefixes('192.0.2.0/29', '2001:db8::/32');
  for (const door of [portDoor('ssh', {}, { allowFrom }), testDoor('cmd', { allowFrom })]) {
    await bench.match(door, B);
    assert.deepEqual(bench.told(), ['refused/not-allowed']);
  }
  await bench.match(portDoor('ssh', {}, { allowFrom }), A);
  await bench.match(portDoor('ssh', {}, { allowFrom }), SIX);
  assert.deepEqual(bench.told(), ['opened/grant', 'opened/grant']);
});

test('a closing door closes what its source has at the doors that it names, and nothing of others', async () => {
  const bench = new GrantBench();
  const none = { start: undefined, stop: undefined };
  const shut = testDoor('shut', { ipv4: none, ipv6: none, closes: ['ssh'] });
  for (const source of [A, B]) await bench.match(SSH, source);
  await bench.match(portDoor('web'), A);
  bench.told();
  await bench.match(shut, A);
  assert.deepEqual([...bench.ports.openUntil.keys()], [`ssh ${B}`, `web ${A}`]);
  assert.deepEqual(bench.told(), ['closing/closing-door', 'opened/closing-door', 'closed/closing-door']);
  await bench.match(shut, A);
  assert.deepEqual(bench.told(), ['opened/closing-door']);
});

test('forever has no end, outlives a stop that closes, and closes when asked', async () => {
  const bench = new GrantBench();
  const door = portDoor('ssh', { forMs: FOREVER_MS });
  await bench.match(door, A);
  await bench.match(SSH, B);
  await bench.advance(400 * 86_400_000);
  assert.deepEqual([...bench.ports.openUntil], [[`ssh ${A}`, FOREVER_MS]]);
  await bench.match(SSH, B);
  bench.told();
  await bench.grants.stop('close', bench.now);
  assert.deepEqual(bench.told(), ['kept/forever', 'closing/daemon-stop', 'closed/daemon-stop']);
  assert.deepEqual(
    [...bench.journal.live.values()].map(({ endMs }) => endMs),
    [FOREVER_MS],
  );
  const next = new GrantBench({ journal: bench.journal });
  next.nowMs = bench.nowMs + 5000;
  next.grants.restore([...bench.journal.live.values()], next.now);
  await next.advance(400 * 86_400_000);
  assert.deepEqual(next.told(), ['restored/journal']);
  assert.equal(next.grants.close('ssh', undefined, next.now), 1);
  await settle();
  assert.deepEqual(next.told(), ['closing/asked', 'closed/asked']);
  assert.equal(bench.journal.live.size, 0);
});

test('an opening by hand has a time of its own and asks nobody for leave', async () => {
  const bench = new GrantBench();
  const door = portDoor('ssh', {}, { allowFrom: prefixes('10.0.0.0/8'), closes: ['web'] });
  await bench.match(portDoor('web'), A);
  await bench.grants.open(door, address(A), bench.now, { forMs: 5000, byHand: true });
  assert.equal(bench.ports.openUntil.get(`ssh ${A}`), WALL_START_MS + 5000);
  assert.equal(bench.ports.openUntil.has(`web ${A}`), true);
  await bench.advance(1000);
  await bench.grants.open(door, address(A), bench.now, { byHand: true });
  assert.equal(bench.ports.openUntil.get(`ssh ${A}`), WALL_START_MS + 31_000);
  await bench.grants.open(door, address(A), bench.now, { forMs: 2000, byHand: true });
  assert.equal(bench.grants.list().find(({ door: name }) => name === 'ssh')?.endsMs, WALL_START_MS + 31_000);
});

test('a reload closes grants of ports whose door is gone or takes other prefixes, and no others', async () => {
  const bench = new GrantBench();
  const [web, six] = [portDoor('web'), portDoor('six')];
  for (const door of [SSH, web, six]) await bench.match(door, SIX);
  await bench.match(six, A);
  await bench.match(testDoor('cmd'), A);
  await bench.end(`start cmd ${A}`);
  bench.told();
  bench.grants.doorsChanged([SSH, portDoor('six', { ipv6PrefixLength: 64 })], bench.now);
  await settle();
  assert.deepEqual([...bench.ports.openUntil.keys()], [`ssh ${SIX}`, `six ${A}`]);
  assert.deepEqual(
    bench.told().filter((told) => told.startsWith('closing')),
    ['closing/door-gone', 'closing/door-gone'],
  );
  assert.deepEqual(bench.pending, []);
});

test('what the firewall has to let in: everything of ports but what is being closed', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  bench.ports.hold();
  await bench.match(SSH, B);
  bench.grants.close('ssh', A, bench.now);
  assert.deepEqual(bench.grants.portRequests(), [{ door: 'ssh', source: B, endMs: WALL_START_MS + 30_000 }]);
  bench.ports.release();
});

test('of a journal the firewall gets what has time left and a door that still takes it', () => {
  const now = { monotonicMs: 0, wallMs: WALL_START_MS };
  const records = [
    record({ id: 1 }),
    record({ id: 2, source: B, endMs: WALL_START_MS }),
    record({ id: 3, source: '10.0.0.1', endMs: WALL_START_MS + 9_999_999 }),
    record({ id: 4, source: '10.0.0.2', endMs: FOREVER_MS, timeoutMs: FOREVER_MS }),
    record({ id: 5, door: 'gone' }),
    record({ id: 6, source: '2001:db8::/64' }),
    record({ id: 7, source: '10.0.0.3', means: { kind: 'commands', start: 'a', stop: 'b' } }),
  ];
  assert.deepEqual(stillOpen(records, [SSH], now), [
    { door: 'ssh', source: A, endMs: WALL_START_MS + 30_000 },
    { door: 'ssh', source: '10.0.0.1', endMs: WALL_START_MS + 30_000 },
    { door: 'ssh', source: '10.0.0.2', endMs: FOREVER_MS },
  ]);
});

test('a stop waits for the firewall', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  bench.ports.hold();
  await bench.advance(10_000);
  await bench.match(SSH, A);
  let isStopped = false;
  const stopped = bench.grants.stop('close', bench.now).then(() => {
    isStopped = true;
  });
  await settle();
  assert.equal(isStopped, false);
  bench.ports.release();
  await stopped;
  assert.equal(bench.ports.openUntil.size, 0);
});
