/** Faults of knockd 0.8 in what becomes of an open door, and of time, each beside Postern without it. */

import assert from 'node:assert/strict';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { missingForDaemon, setScene, TestDaemon } from '../netns/daemon-stage.ts';
import {
  knocks,
  openBoth,
  type Pair,
  saysFault,
  startOriginal,
  startPair,
  startPostern,
} from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const PORTS = [7000, 8000, 9000];
/** Time enough for a slow machine to knock once more, or to be killed, before it is over. */
const OPEN_FOR_SECONDS = 3;
const A = '10.9.1.1';
const B = '10.9.1.2';

function doorOpenFor(seconds: number): string {
  return `[ssh]
Sequence = ${PORTS.join()}
Start_Command = echo open %IP% @DONE
Cmd_Timeout = ${seconds}
Stop_Command = echo close %IP% @DONE
`;
}

test('SIGTERM closes what is open at once', { skip }, async (t) => {
  const pair = await startPair(t, doorOpenFor(60));
  const { postern, original } = pair;
  await openForBoth(pair, A);
  const sleepers = original === undefined ? [] : childrenOf(original);
  try {
    original?.running.kill('SIGTERM');
    const { status } = await postern.running.stop('SIGTERM');
    assert.equal(status, 0);
    assert.deepEqual(postern.done, [`open ${A}`, `close ${A}`]);
    if (original === undefined) return;
    await original.running.waitFor('waiting for child processes');
    assert.deepEqual(original.done, [`open ${A}`]);
    const state = original.running.isRunning ? 'still waits' : 'has ended';
    saysFault(t, `told to end together with Postern, which has closed the door, it ${state}, the door open`);
  } finally {
    kill(sleepers);
  }
});

test('SIGKILL loses no close: the next start makes up for it', { skip }, async (t) => {
  const pair = await startPair(t, doorOpenFor(OPEN_FOR_SECONDS));
  const { scene } = pair;
  await openForBoth(pair, A);
  const killed = [pair.postern, ...(pair.original ? [pair.original] : [])];
  // As a service manager does it.
  for (const daemon of killed) kill([daemon.running.pid, ...childrenOf(daemon)]);
  await Promise.all(killed.map(({ running }) => running.ended));
  const postern = await startPostern(scene, doorOpenFor(OPEN_FOR_SECONDS));
  const original = await startOriginal(t, scene, doorOpenFor(OPEN_FOR_SECONDS));
  await postern.didWrite(`close ${A}`);
  // Opened later, and closed later: what the daemon still had to close is closed by then.
  await openForBoth({ scene, postern, original }, B);
  await postern.didWrite(`close ${B}`);
  await original?.didWrite(`close ${B}`);
  assert.deepEqual(postern.done, [`open ${A}`, `close ${A}`, `open ${B}`, `close ${B}`]);
  if (original === undefined) return;
  assert.deepEqual(original.done, [`open ${A}`, `open ${B}`, `close ${B}`]);
  saysFault(t, 'the door that was open at SIGKILL stays open for good');
});

test('a knock at an open door refreshes it and adds no second rule', { skip }, async (t) => {
  const pair = await startPair(t, doorOpenFor(OPEN_FOR_SECONDS));
  const { postern, original } = pair;
  await openForBoth(pair, A);
  // A door whose start command still runs is not open yet.
  await until(() => !childrenOf(postern).some(runsCommand), { what: 'the end of the start command' });
  await openBoth(pair, { by: A, ports: PORTS, times: 2 });
  await postern.running.waitFor(`${A}: ssh: open already, its time begins anew`);
  await postern.didWrite(`close ${A}`);
  await original?.didWrite(`close ${A}`, 2);
  await postern.running.stop();
  assert.deepEqual(postern.done, [`open ${A}`, `close ${A}`]);
  if (original === undefined) return;
  assert.deepEqual(original.done.toSorted(), [...twice(`close ${A}`), ...twice(`open ${A}`)]);
  saysFault(t, 'the start command ran twice, and the stop command twice');
});

test('a wall clock that is set breaks no time-out', { skip }, async (t) => {
  const scene = setScene(t);
  const [offsetPath, clockPath] = [join(scene.directory, 'offset'), join(scene.directory, 'clock.mjs')];
  writeFileSync(clockPath, steppedClock(offsetPath));
  const wrapper = ['env', `NODE_OPTIONS=--import=${clockPath}`];
  // Too slow a knocker of this one meets its end by the clock alone.
  const shortLived = `[brief]\nSequence = 6001,6002\nSeq_Timeout = 1\nCommand = echo brief %IP% @DONE\n`;
  const postern = await TestDaemon.started(scene, doorOpenFor(OPEN_FOR_SECONDS) + shortLived, { wrapper });
  for (const [at, stepMs] of [3_600_000, -3_600_000].entries()) {
    const [knocker, slow] = [`10.9.2.${at}`, `10.9.3.${at}`];
    await scene.sender.send([...knocks(knocker, PORTS.slice(0, 2)), ...knocks(slow, [6001])]);
    await postern.running.waitFor(`${knocker}: ssh: Stage 2`);
    await postern.running.waitFor(`${slow}: brief: Stage 1`);
    writeFileSync(offsetPath, String(stepMs));
    const fromMs = performance.now();
    await scene.sender.send(knocks(knocker, PORTS.slice(2)));
    await postern.didWrite(`open ${knocker}`);
    await postern.running.waitFor(`${slow}: brief: sequence timeout (stage 1)`);
    await postern.didWrite(`close ${knocker}`);
    assert.ok(performance.now() - fromMs >= OPEN_FOR_SECONDS * 1000, 'not before its time');
  }
  assert.deepEqual(
    postern.done.filter((line) => line.startsWith('brief')),
    [],
  );
  t.diagnostic('knockd is not tried: its clock is that of the machine');
});

/** Until the start commands have run. */
async function openForBoth(pair: Pair, by: string): Promise<void> {
  await openBoth(pair, { by, ports: PORTS });
  await pair.postern.didWrite(`open ${by}`);
  await pair.original?.didWrite(`open ${by}`);
}

/** Those that sleep until a door closes have its output open, and would outlive it. */
function childrenOf({ running: { pid } }: TestDaemon): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** A shell that waits for a command still has the pipe on which that comes. */
function runsCommand(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/0`) === '/dev/null';
  } catch {
    return false;
  }
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

function twice(line: string): readonly string[] {
  return [line, line];
}

/** A module that has the program's wall clock off by what a file says, in milliseconds. */
function steppedClock(offsetPath: string): string {
  return `import { readFileSync } from 'node:fs';
const now = Date.now.bind(Date);
Date.now = () => {
  try {
    return now() + Number(readFileSync('${offsetPath}', 'utf8'));
  } catch {
    return now();
  }
};
`;
}
