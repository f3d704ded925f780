import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, GrantBench, settle, testDoor, WALL_START_MS } from '../../test/support/grant-bench.ts';
import { OpError } from '../base/op-error.ts';
import type { GrantRecord } from './journal-record.ts';

const SSH = testDoor('ssh');
const A = '192.0.2.7';
const B = '192.0.2.8';
const START_A = `start ssh ${A}`;
const STOP_A = `stop ssh ${A}`;

async function openDoor(bench: GrantBench, source = A): Promise<void> {
  await bench.match(SSH, source);
  await bench.end(`start ssh ${source}`);
  bench.told();
}

function closedBy(stop: string): GrantRecord['means'] {
  return { kind: 'commands', start: START_A, stop };
}

function record(change: Partial<GrantRecord>): GrantRecord {
  const means = { kind: 'commands', start: START_A, stop: STOP_A } as const;
  return { id: 1, door: 'ssh', source: A, means, endMs: WALL_START_MS, timeoutMs: 10_000, ...change };
}

test('the stop command runs once, Cmd_Timeout after the start command has ended', async () => {
  const bench = new GrantBench();
  const { decided } = await bench.match(SSH, A);
  bench.nowMs = 3000;
  await bench.end(START_A);
  assert.deepEqual(await decided, {
    kind: 'opened',
    means: 'commands',
    reason: 'grant',
    door: 'ssh',
    source: A,
    atMs: WALL_START_MS + 3000,
    endsMs: WALL_START_MS + 13_000,
  });
  assert.equal(bench.grants.nextDueMs(), 13_000);
  await bench.advance(9999);
  assert.deepEqual(bench.pending, []);
  await bench.advance(1);
  assert.deepEqual(bench.pending, [STOP_A]);
  await bench.end(STOP_A);
  await bench.advance(100_000);
  assert.deepEqual(bench.told(), ['opened/grant', 'closing/timeout', 'closed/timeout']);
  assert.equal(bench.backend.asked.length, 2);
  assert.equal(bench.grants.size + bench.journal.live.size, 0);
});

test('a match while the door is open makes the end later and runs nothing', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  await bench.advance(6000);
  const { decided } = await bench.match(SSH, A);
  const decision = await decided;
  assert.equal(decision.kind === 'refreshed' && decision.endsMs, WALL_START_MS + 16_000);
  await bench.advance(9999);
  assert.deepEqual(bench.pending, []);
  assert.equal([...bench.journal.live.values()][0]?.endMs, WALL_START_MS + 16_000);
  await bench.advance(1);
  assert.deepEqual(bench.pending, [STOP_A]);
});

test('a match while the start command runs is a refresh', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  const { decided } = await bench.match(SSH, A);
  assert.equal((await decided).kind, 'refreshed');
  assert.deepEqual(bench.pending, [START_A]);
});

test('a match while the stop command runs opens anew after it has ended', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  await bench.advance(10_000);
  const first = await bench.match(SSH, A);
  const second = await bench.match(SSH, A);
  assert.deepEqual(bench.pending, [STOP_A]);
  await bench.end(STOP_A);
  assert.deepEqual(bench.pending, [START_A]);
  await bench.end(START_A);
  assert.equal((await first.decided).kind, 'opened');
  assert.equal((await second.decided).kind, 'opened');
  assert.equal(bench.grants.nextDueMs(), 20_000);
});

test('the grant is in the journal when its start command begins and until its stop command has ended', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  assert.deepEqual(
    [...bench.journal.live.values()],
    [
      {
        id: 1,
        door: 'ssh',
        source: A,
        means: { kind: 'commands', start: START_A, stop: STOP_A },
        endMs: WALL_START_MS + 10_000,
        timeoutMs: 10_000,
      },
    ],
  );
  await bench.end(START_A);
  await bench.advance(10_000);
  assert.equal(bench.journal.live.size, 1);
  await bench.end(STOP_A);
  assert.equal(bench.journal.live.size, 0);
});

test('a start command that took long moves the end in the journal', async () => {
  const bench = new GrantBench();
  await bench.match(SSH, A);
  bench.nowMs = 20_000;
  await bench.end(START_A);
  assert.equal([...bench.journal.live.values()][0]?.endMs, WALL_START_MS + 30_000);
});

test('what a match does is the door and the family of its source', async () => {
  const start = 's %IP% %IP%';
  const none = { start: undefined, stop: undefined };
  const loose = testDoor('loose', { ipv4: { start, stop: undefined }, ipv6: none });
  const stopOnly = testDoor('stop', { ipv4: { start: undefined, stop: 'x' } });
  const bench = new GrantBench();
  assert.equal(
    ((await (await bench.match(loose, '2001:db8::1')).decided) as { reason: string }).reason,
    'no-command',
  );
  assert.equal(((await (await bench.match(stopOnly, A)).decided) as { reason: string }).reason, 'no-command');
  assert.deepEqual(bench.pending, []);
  const first = await bench.match(loose, A);
  await bench.match(loose, A);
  assert.deepEqual(bench.pending, [`s ${A} ${A}`, `s ${A} ${A}`]);
  await bench.end(`s ${A} ${A}`);
  assert.deepEqual(((await first.decided) as { reason: string }).reason, 'command');
  assert.equal(bench.grants.size + bench.journal.live.size, 0);
});

for (const kind of ['failed-status', 'time-limit'] as const) {
  test(`a start command that ends with ${kind} has its stop command run at once`, async () => {
    const bench = new GrantBench();
    const { decided } = await bench.match(SSH, A);
    await bench.end(START_A, kind);
    assert.equal((await decided).kind, 'failed');
    assert.deepEqual(bench.pending, [STOP_A]);
    await bench.end(STOP_A);
    assert.deepEqual(bench.told(), [`failed/${kind}`, 'closing/start-failed', 'closed/start-failed']);
    assert.equal(bench.journal.live.size, 0);
  });
}

for (const kind of ['could-not-start', 'queue-full'] as const) {
  test(`a start command that never ran (${kind}) leaves nothing to close`, async () => {
    const bench = new GrantBench();
    await bench.match(SSH, A);
    await bench.end(START_A, kind);
    assert.deepEqual(bench.told(), [`refused/${kind}`]);
    assert.deepEqual(bench.pending, []);
    assert.equal(bench.grants.size + bench.journal.live.size, 0);
  });
}

test('a stop command that fails has closed; one that could not be run is tried again until it is', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  await bench.advance(10_000);
  await bench.end(STOP_A, 'could-not-start');
  assert.equal(bench.grants.nextDueMs(), 11_000);
  await bench.advance(1000);
  await bench.end(STOP_A, 'could-not-start');
  assert.equal(bench.grants.nextDueMs(), 13_000);
  assert.equal(bench.journal.live.size, 1);
  await bench.advance(2000);
  await bench.end(STOP_A, 'failed-status');
  assert.deepEqual(bench.told(), [
    'closing/timeout',
    'close-delayed/timeout',
    'close-delayed/timeout',
    'closed/timeout',
  ]);
  assert.equal(bench.grants.size + bench.journal.live.size, 0);
});

test('the table, the starting and the closing commands are bounded', async () => {
  const bench = new GrantBench({ maxGrants: 3, maxStarting: 2, maxClosing: 1 });
  await bench.match(SSH, '10.0.0.1');
  await bench.match(SSH, '10.0.0.2');
  await bench.match(SSH, '10.0.0.3');
  assert.deepEqual(bench.told(), ['refused/queue-full']);
  await bench.end('start ssh 10.0.0.1');
  await bench.match(SSH, '10.0.0.3');
  await bench.advance(1);
  await bench.end('start ssh 10.0.0.2');
  await bench.advance(1);
  await bench.end('start ssh 10.0.0.3');
  bench.told();
  await bench.match(SSH, '10.0.0.4');
  assert.deepEqual(bench.told(), ['refused/table-full']);
  await bench.advance(20_000);
  assert.deepEqual(bench.pending, ['stop ssh 10.0.0.1']);
  assert.equal(bench.grants.nextDueMs(), undefined);
  await bench.end('stop ssh 10.0.0.1');
  assert.deepEqual(bench.pending, ['stop ssh 10.0.0.2']);
});

test('a door whose grant cannot be written down stays shut, one without a stop command opens', async () => {
  const bench = new GrantBench();
  bench.journal.broken = new OpError({ op: 'write the journal', target: 'x', code: 'ENOSPC' });
  const { decided } = await bench.match(SSH, A);
  const decision = await decided;
  assert.equal(decision.kind === 'refused' && decision.reason, 'journal-failed');
  assert.match(decision.kind === 'refused' ? (decision.detail ?? '') : '', /ENOSPC/);
  await bench.match(testDoor('loose', { ipv4: { start: 'x', stop: undefined } }), A);
  assert.deepEqual(bench.pending, ['x']);
  bench.journal.broken = undefined;
  await bench.match(SSH, A);
  assert.deepEqual(bench.pending, ['x', START_A]);
});

test('a grant outlives its door and closes with the command that it was opened with', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  const changed = testDoor('ssh', { ipv4: { start: 'new', stop: 'new stop' } });
  await bench.match(changed, A);
  assert.deepEqual(bench.pending, [STOP_A]);
  await bench.end(STOP_A);
  assert.deepEqual(bench.pending, ['new']);
  assert.deepEqual(bench.told(), ['deferred/replaced', 'closing/replaced', 'closed/replaced']);
});

test('after a crash the overdue close at once, the others keep their time, never more than Cmd_Timeout', async () => {
  const bench = new GrantBench();
  bench.nowMs = 500;
  bench.grants.restore(
    [
      record({ id: 1, source: '10.0.0.1', means: closedBy('overdue'), endMs: WALL_START_MS }),
      record({ id: 2, source: '10.0.0.2', means: closedBy('left'), endMs: WALL_START_MS + 4500 }),
      record({ id: 3, source: '10.0.0.3', means: closedBy('stepped'), endMs: WALL_START_MS + 9_999_999 }),
    ],
    bench.now,
  );
  await settle();
  assert.deepEqual(bench.pending, ['overdue']);
  await bench.end('overdue');
  assert.deepEqual(bench.told(), [
    'restored/journal',
    'restored/journal',
    'closing/overdue',
    'closed/overdue',
  ]);
  assert.equal(bench.grants.nextDueMs(), 4500);
  await bench.advance(4000);
  assert.deepEqual(bench.pending, ['left']);
  await bench.end('left');
  assert.equal(bench.grants.nextDueMs(), 10_500);
});

test('two restored grants of one source close once when they close alike, both when they do not', async () => {
  const same = new GrantBench();
  same.grants.restore([record({ id: 1 }), record({ id: 2 })], same.now);
  assert.deepEqual(same.pending, [STOP_A]);
  const different = new GrantBench();
  different.grants.restore([record({ id: 1, means: closedBy('old') }), record({ id: 2 })], different.now);
  assert.deepEqual([...different.pending].sort(), ['old', STOP_A].sort());
});

test('a stop with close runs every stop command, also those of doors that are just opening', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  await bench.match(SSH, B);
  let stopped = false;
  const stopping = bench.grants.stop('close', bench.now).then(() => {
    stopped = true;
  });
  await bench.match(SSH, '10.0.0.1');
  assert.deepEqual(bench.pending, [`start ssh ${B}`, STOP_A]);
  await bench.end(STOP_A);
  await bench.end(`start ssh ${B}`);
  assert.equal(stopped, false);
  await bench.end(`stop ssh ${B}`);
  await stopping;
  assert.equal(bench.grants.size + bench.journal.live.size, 0);
  assert.ok(bench.told().includes('refused/daemon-stop'));
});

test('a stop with close leaves a door that cannot be closed to the next start', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  const stopping = bench.grants.stop('close', bench.now);
  await settle();
  await bench.end(STOP_A, 'could-not-start');
  await stopping;
  assert.equal(bench.journal.live.size, 1);
  assert.deepEqual(bench.told(), ['closing/daemon-stop', 'kept/could-not-start']);
});

test('a stop with keep closes nothing and leaves every grant in the journal', async () => {
  const bench = new GrantBench();
  await openDoor(bench);
  await bench.match(SSH, B);
  const stopping = bench.grants.stop('keep', bench.now);
  await bench.end(`start ssh ${B}`);
  await stopping;
  assert.deepEqual(bench.pending, []);
  assert.equal(bench.journal.live.size, 2);
  assert.deepEqual(bench.told(), ['kept/on-stop-keep', 'opened/grant', 'kept/on-stop-keep']);
});

test('a grant is closed when asked for, by source or by door', async () => {
  const bench = new GrantBench();
  await openDoor(bench, A);
  await openDoor(bench, B);
  await openDoor(bench, '10.0.0.1');
  assert.equal(bench.grants.close('ssh', A, bench.now), 1);
  assert.deepEqual(bench.pending, [STOP_A]);
  assert.equal(bench.grants.close('other', undefined, bench.now), 0);
  assert.equal(bench.grants.close('ssh', undefined, bench.now), 3);
  assert.deepEqual(bench.pending, [STOP_A, `stop ssh ${B}`, 'stop ssh 10.0.0.1']);
});

test('50,000 grants open, refresh and expire', async () => {
  const bench = new GrantBench({ maxStarting: 50_000 });
  const sources = Array.from({ length: 50_000 }, (_, i) =>
    address(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
  );
  for (const source of sources) void bench.grants.open(SSH, source, bench.now);
  await settle();
  for (const action of bench.backend.asked.slice()) action.end({ kind: 'ok', at: bench.now });
  await settle();
  bench.nowMs = 5000;
  for (const source of sources) void bench.grants.open(SSH, source, bench.now);
  await bench.advance(9999);
  assert.deepEqual([bench.grants.size, bench.backend.asked.length], [50_000, 50_000]);
  await bench.advance(1);
  while (bench.backend.pending.length > 0) {
    for (const action of bench.backend.pending.slice()) action.end({ kind: 'ok', at: bench.now });
    await settle();
  }
  assert.deepEqual([bench.grants.size, bench.journal.live.size, bench.backend.asked.length], [0, 0, 100_000]);
});
