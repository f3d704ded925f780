/** Faults of knockd 0.8 in what it makes of its files, each beside Postern without it. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import {
  missingForDaemon,
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  SERVER6,
  setScene,
  TestDaemon,
} from '../netns/daemon-stage.ts';
import {
  type FaultTest,
  judged,
  knocks,
  openBoth,
  opened,
  type Pair,
  SSH,
  saysFault,
  setFaultScene,
  startOriginal,
  startPair,
  startPostern,
} from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const A = '10.9.1.1';
const B = '10.9.1.2';
const A6 = 'fd00:9::1:1';

test('a bad line at SIGHUP leaves the old configuration in force', { skip }, async (t) => {
  const pair = await startPair(t, SSH);
  const { scene, postern, original } = pair;
  for (const daemon of [postern, original]) {
    daemon?.configure(SSH.replace('8000', '80000'));
    daemon?.running.kill('SIGHUP');
  }
  await postern.running.waitFor('the configuration stays as it was');
  assert.match(postern.running.output, /knockd\.conf:\d+:17: error: '80000' is no port/);
  await scene.sender.send(knocks(A, [7000, 8000, 9000]));
  await postern.didWrite(`ssh ${A}`);
  if (original === undefined) return;
  assert.equal((await original.running.ended).status, 1);
  saysFault(t, `ended at SIGHUP: ${lastLine(original)}`);
});

test('all errors of a configuration are told, each with its place', { skip }, async (t) => {
  const scene = setScene(t);
  const bad = '[ssh]\nSequence = 70000\n[web]\nSequence = 80:icmp\n';
  const postern = new TestDaemon(scene, bad);
  assert.equal((await postern.running.ended).status, 1);
  const errors = postern.running.stderr.match(/^\S+knockd\.conf:\d+:\d+: error: .*$/gm) ?? [];
  assert.equal(errors.length, 2, postern.running.stderr);
  assert.match(errors[0] ?? '', /:12: error: '70000'/);
  assert.match(errors[1] ?? '', /error: .*'icmp'/);
  assert.match(postern.running.stderr, /^hint: /m);
  const missing = missingOriginalDaemon();
  if (missing !== undefined) return t.diagnostic(missing);
  const original = new TestDaemon(scene, bad, { program: ORIGINAL });
  await original.running.ended;
  assert.match(original.running.output, /port 70000 is invalid/);
  assert.doesNotMatch(original.running.output, /unknown protocol|:\d+:/);
  saysFault(t, `of two errors it told one: ${lastLine(original)}`);
});

const FIRST = '7001,8001,9001,6001';
const SECOND = '7001,8001,9002,6002';

test('a used one-time sequence is kept whole, and the next one serves IPv6, too', { skip }, async (t) => {
  const pair = await startOneTime(t, `${FIRST}\n${SECOND}\n`);
  const { scene, postern, original, files } = pair;
  await openBoth(pair, { by: A, ports: ports(FIRST), door: 'once' });
  await postern.didWrite(`once ${A}`);
  assert.equal(readFileSync(files.postern, 'utf8'), `#${FIRST}\n${SECOND}\n`);
  await scene.sender.send(knocks(A6, ports(SECOND), SERVER6));
  await judged(pair);
  if (scene.lab.hasIpv6) await postern.didWrite(`once ${A6}`);
  if (original === undefined) return;
  assert.equal(readFileSync(files.original, 'utf8'), `#${FIRST.slice(1)}\n${SECOND}\n`);
  saysFault(t, `the used line became '#${FIRST.slice(1)}'`);
  if (!scene.lab.hasIpv6) return;
  assert.deepEqual(opened(original), [`once ${A}`]);
  saysFault(t, 'the second sequence was not seen over IPv6');
});

test('no other one-time sequence is taken for the used one', { skip }, async (t) => {
  const pair = await startOneTime(t, `${FIRST}\n`);
  const { scene, postern, original, files } = pair;
  for (const file of Object.values(files)) writeFileSync(file, `${SECOND}\n${FIRST}\n`);
  await openBoth(pair, { by: A, ports: ports(FIRST), door: 'once' });
  // Where the file is not what it was, the sequence opens nothing before the next reload.
  await postern.running.waitFor('the line was changed after it had been read');
  assert.equal(readFileSync(files.postern, 'utf8'), `${SECOND}\n${FIRST}\n`);
  postern.running.kill('SIGHUP');
  await postern.running.waitFor('re-reading config file');
  await scene.sender.send(knocks(B, ports(SECOND)));
  await postern.didWrite(`once ${B}`);
  assert.deepEqual(postern.done, [`once ${B}`]);
  assert.equal(readFileSync(files.postern, 'utf8'), `#${SECOND}\n${FIRST}\n`);
  if (original === undefined) return;
  assert.equal(readFileSync(files.original, 'utf8'), `#${SECOND.slice(1)}\n${FIRST}\n`);
  saysFault(t, 'the sequence that begins like the used one was marked, and the used one can open again');
});

test('a one-time file that runs out switches its door off and no other', { skip }, async (t) => {
  const used = `#${FIRST}\n`;
  const scene = setScene(t);
  const postern = await TestDaemon.started(scene, SSH + oneTimeDoor(sequenceFile(scene, 'postern', used)));
  await postern.running.waitFor('there is no unused sequence in it');
  await postern.running.waitFor('once: the door is off');
  await scene.sender.send(knocks(A, [7000, 8000, 9000]));
  await postern.didWrite(`ssh ${A}`);
  const missing = missingOriginalDaemon();
  if (missing !== undefined) return t.diagnostic(missing);
  const doors = SSH + oneTimeDoor(sequenceFile(scene, 'original', used));
  const original = new TestDaemon(scene, doors, { program: ORIGINAL });
  assert.equal((await original.running.ended).status, 1);
  saysFault(t, `ended at the start: ${lastLine(original)}`);
});

interface Sequences {
  readonly postern: string;
  readonly original: string;
}

/** Both daemons, each with a file of its own. */
async function startOneTime(t: FaultTest, text: string): Promise<Pair & { readonly files: Sequences }> {
  const scene = setFaultScene(t);
  const files = {
    postern: sequenceFile(scene, 'postern', text),
    original: sequenceFile(scene, 'original', text),
  };
  const postern = await startPostern(scene, oneTimeDoor(files.postern));
  return { scene, files, postern, original: await startOriginal(t, scene, oneTimeDoor(files.original)) };
}

function sequenceFile({ directory }: Scene, name: string, text: string): string {
  const path = join(directory, `${name}.sequences`);
  writeFileSync(path, text);
  return path;
}

function oneTimeDoor(path: string): string {
  return `\n[once]\nOne_Time_Sequences = ${path}\nCommand = echo once %IP% @DONE\n`;
}

function ports(sequence: string): readonly number[] {
  return sequence.split(',').map(Number);
}

function lastLine({ running }: TestDaemon): string {
  return running.output.trim().split('\n').at(-1) ?? '';
}
