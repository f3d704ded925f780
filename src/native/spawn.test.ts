import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { closeAll, newPipe, type Spawned, spawnProgram } from './spawn.ts';

const { PATH } = process.env;
const ENVIRONMENT = { PATH, NOTHING: undefined, WORD: 'of mine' };

function shell(command: string): Spawned {
  const child = spawnProgram('/bin/sh', ['sh', '-c', command], ENVIRONMENT);
  if (typeof child === 'string') assert.fail(child);
  return child;
}

async function outputOf({ stdout, stderr, exited }: Spawned): Promise<readonly [string, string, number]> {
  return Promise.all([text(stdout), text(stderr), exited]);
}

test('output, errors, status and environment are those of the program', async () => {
  const child = shell('echo "$WORD"; echo no >&2; cat; env | grep -c NOTHING; exit 7');
  assert.deepEqual(await outputOf(child), ['of mine\n0\n', 'no\n', 7]);
});

test('a program that a signal ends has 128 and its number', async () => {
  assert.deepEqual(await outputOf(shell('kill -9 $$')), ['', '', 137]);
});

test('signals are neither ignored nor blocked, whatever this process does with them', async () => {
  const [status] = await outputOf(shell('exec cat /proc/self/status'));
  assert.deepEqual(status.match(/^Sig(Blk|Ign|Cgt):\t0+$/gm)?.length, 3);
});

test('it leads a session of its own and inherits no more descriptors than others', async () => {
  const session = shell('cut -d" " -f6 /proc/self/stat');
  assert.deepEqual(await outputOf(session), [`${session.pid}\n`, '', 0]);
  const descriptors = 'exec ls /proc/$$/fd';
  const [own] = await outputOf(shell(descriptors));
  assert.equal(own, spawnSync('/bin/sh', ['-c', descriptors], { encoding: 'utf8' }).stdout);
});

test('what cannot be started is told, and leaves nothing behind', () => {
  const before = readdirSync('/proc/self/fd').length;
  assert.equal(spawnProgram('/nonexistent/x', ['x'], {}), 'ENOENT');
  assert.equal(spawnProgram('/bin/sh', ['sh', '-c', 'a\0b'], {}), 'EINVAL');
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

test('many at once are each waited for', async () => {
  const statuses = Array.from({ length: 50 }, (_, i) => i);
  const ended = await Promise.all(statuses.map((status) => outputOf(shell(`exit ${status}`))));
  assert.deepEqual(
    ended.map(([, , status]) => status),
    statuses,
  );
});

test('one that waits for its input is looked at when that has come, and not before', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const pipe = newPipe();
  if (typeof pipe === 'string') assert.fail(pipe);
  const [from, to] = pipe;
  const before = timers();
  const child = spawnProgram('/bin/sh', ['sh', '-c', 'read word; echo "$word"; exit 3'], ENVIRONMENT, from);
  if (typeof child === 'string') assert.fail(child);
  assert.equal(timers(), before);
  writeSync(to, 'here\n');
  child.wake();
  assert.equal(timers(), before + 1);
  assert.deepEqual(await outputOf(child), ['here\n', '', 3]);
  assert.equal(timers(), before);
  closeAll([from, to]);
});
