/** Faults of knockd 0.8 in what becomes of an open door, and of time, each beside Postern without it. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import {
  missingForDaemon,
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  setScene,
  TestDaemon,
} from '../netns/daemon-stage.ts';
import { type FaultTest, judged, knocks, type Pair, saysFault, startPair } from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const PORTS = [7000, 8000, 9000];
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
  const pair = await startPair(t, doorOpenFor(4));
  const { postern, original } = pair;
  await openForBoth(pair, A);
  original?.running.kill('SIGTERM');
  const { status } = await postern.running.stop('SIGTERM');
  assert.equal(status, 0);
  assert.deepEqual(postern.done, [`open ${A}`, `close ${A}`]);
  if (original === undefined) return;
  await original.running.waitFor('waiting for child processes');
  assert.ok(original.running.isRunning);
  assert.deepEqual(original.done, [`open ${A}`]);
  saysFault(
    t,
    'was told to end when Postern was, and still waits, the door open, when Postern has closed it',
  );
});

test('a kill loses no close: the next start makes up for it', { skip }, async (t) => {
  const scene = setScene(t);
  const daemons = await Promise.all(startGroups(t, scene, 'first'));
  await scene.sender.send(knocks(A, PORTS));
  for (const daemon of daemons) await daemon.didWrite(`open ${A}`);
  // As a service manager does it: the daemon and its children.
  for (const { running } of daemons) process.kill(-running.pid, 'SIGKILL');
  await Promise.all(daemons.map(({ running }) => running.ended));
  const [postern, original] = await Promise.all(startGroups(t, scene, 'second'));
  await postern?.didWrite(`close ${A}`);
  await scene.sender.send(knocks(B, PORTS));
  // Opened later, and closed later: what the daemon still had to close is closed by then.
  await original?.didWrite(`close ${B}`);
  await postern?.didWrite(`close ${B}`);
  assert.deepEqual(
    postern?.done.filter((line) => line.endsWith(A)),
    [`open ${A}`, `close ${A}`],
  );
  if (original === undefined) return;
  assert.deepEqual(original.done, [`open ${A}`, `open ${B}`, `close ${B}`]);
  saysFault(t, 'the door that was open at SIGKILL stays open for good');
});

test('a knock at an open door refreshes it and adds no second rule', { skip }, async (t) => {
  const pair = await startPair(t, doorOpenFor(2));
  const { scene, postern, original } = pair;
  await openForBoth(pair, A);
  await scene.sender.send(knocks(A, PORTS));
  await judged(pair);
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
  const shortLived = `[brief]\nSequence = 6001,6002\nSeq_Timeout = 1\nCommand = echo brief %IP% @DONE\n`;
  const postern = await TestDaemon.started(scene, doorOpenFor(2) + shortLived, { wrapper });
  for (const [at, stepMs] of [3_600_000, -3_600_000].entries()) {
    const [knocker, slow] = [`10.9.2.${at}`, `10.9.3.${at}`];
    await scene.sender.send([...knocks(knocker, PORTS.slice(0, 2)), ...knocks(slow, [6001])]);
    await postern.running.waitFor(`${knocker}: ssh: Stage 2`);
    await postern.running.waitFor(`${slow}: brief: Stage 1`);
    writeFileSync(offsetPath, String(stepMs));
    await scene.sender.send(knocks(knocker, PORTS.slice(2)));
    await postern.didWrite(`open ${knocker}`);
    await postern.running.waitFor(`${slow}: brief: sequence timeout (stage 1)`);
    assert.ok(postern.done.every((line) => line !== `close ${knocker}`) || at > 1);
    await postern.didWrite(`close ${knocker}`);
  }
  assert.deepEqual(
    postern.done.filter((line) => line.startsWith('brief')),
    [],
  );
  t.diagnostic('knockd is not tried: its clock is that of the machine');
});

async function openForBoth({ scene, postern, original }: Pair, source: string): Promise<void> {
  await scene.sender.send(knocks(source, PORTS));
  await postern.didWrite(`open ${source}`);
  await original?.didWrite(`open ${source}`);
}

/** Both daemons, each the leader of its process group. */
function startGroups(t: FaultTest, scene: Scene, run: string): readonly Promise<TestDaemon>[] {
  const doors = doorOpenFor(2);
  const wrapper = ['setsid'];
  const postern = TestDaemon.started(scene, doors, { wrapper });
  const missing = missingOriginalDaemon();
  if (missing === undefined)
    return [postern, TestDaemon.started(scene, doors, { wrapper, program: ORIGINAL })];
  if (run === 'first') t.diagnostic(missing);
  return [postern];
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
