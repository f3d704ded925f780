import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../../lab/until.ts';
import type { ReadyShell } from './ready-shell.ts';
import { shellEnvironment } from './shell.ts';
import { ShellCommands } from './shell-command.ts';
import { ShellReserve } from './shell-reserve.ts';

const directory = mkdtempSync(join(tmpdir(), 'postern-reserve-'));
const WAITING = 'waits for the command';
let ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends) end();
  ends = [];
});
test.after(() => rmSync(directory, { recursive: true, force: true }));

function kept(): ShellReserve {
  const reserve = new ShellReserve();
  reserve.keep(true);
  ends.push(() => reserve.keep(false));
  return reserve;
}

/** What it prints, its status and its number. */
async function taken(reserve: ShellReserve, command: string) {
  const lines: string[] = [];
  const shell = reserve.take(command);
  if (shell === undefined) assert.fail(`no shell for '${command}'`);
  shell.listen((line) => lines.push(line));
  await shell.drained;
  return { lines, status: await shell.child.exited, pid: shell.child.pid };
}

function stateOf(pid: number): string | undefined {
  return /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}

/** Of a process; zombies are none. */
function waitingShells(parent: number): readonly number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ');
  return children
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(WAITING))
    .map(Number);
}

/** Its arguments are not to be seen at once. */
async function waitingShell(parent = process.pid): Promise<number> {
  await until(() => waitingShells(parent).length > 0, { what: 'a shell that waits' });
  return waitingShells(parent)[0]!;
}

test('the command runs in the shell that was waiting', async () => {
  const reserve = kept();
  const waiting = await waitingShell();
  const { lines, ...ended } = await taken(reserve, 'echo $$; echo no >&2; exit 7');
  assert.deepEqual(ended, { status: 7, pid: waiting });
  assert.deepEqual(lines.toSorted(), [`${waiting}`, 'no']);
});

test('input, arguments, variables, options and descriptors are those of a shell that is started for it', async () => {
  const command =
    'cat; echo "$0 $# $-"; set | grep -v "^_\\|PPID" | cut -c1-500; ls /proc/self/fd; readlink /proc/self/fd/0';
  const { lines } = await taken(kept(), command);
  const { stdout } = spawnSync('/bin/sh', ['-c', command], {
    ...{ env: shellEnvironment(), encoding: 'utf8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  assert.deepEqual(lines, stdout.trim().split('\n'));
});

test('quotes, backslashes, spaces and bytes above ASCII arrive as they are', async () => {
  const command = `  printf '%s|' 'a\\nb' "c  d" \\\\ é '$HOME' "\`echo x\`" # '`;
  assert.deepEqual((await taken(kept(), command)).lines, ['a\\nb|c  d|\\|é|$HOME|x|']);
});

test('there is no second one at once, but soon after the command, and while a long one runs', async () => {
  const reserve = kept();
  const first = taken(reserve, 'true');
  assert.equal(reserve.take('true'), undefined);
  await first;
  let second: ReadyShell | undefined;
  await until(() => {
    second = reserve.take('exec sleep 300');
    return second !== undefined;
  });
  ends.push(() => process.kill(second!.child.pid));
  await until(() => reserve.take('true') !== undefined);
});

test('a command of several lines, or one that a pipe would not take in one piece, needs a shell of its own', () => {
  const reserve = kept();
  assert.equal(reserve.take('true\ntrue'), undefined);
  assert.equal(reserve.take(`: ${'é'.repeat(2100)}`), undefined);
  assert.notEqual(reserve.take(`: ${'é'.repeat(1900)}`), undefined);
});

test('not wanted any more, it ends, and leaves no descriptor', async () => {
  const before = readdirSync('/proc/self/fd').length;
  const reserve = new ShellReserve();
  for (let i = 0; i < 50; i++) {
    reserve.keep(true);
    reserve.keep(false);
  }
  await until(() => waitingShells(process.pid).length === 0, { what: 'the shells to end' });
  await until(() => readdirSync('/proc/self/fd').length < before + 20, { what: 'descriptors to be closed' });
  assert.equal(reserve.take('true'), undefined);
});

test('a hundred commands leave no descriptor', async () => {
  const commands = readyCommands();
  await commands.run('true');
  const before = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 100; i++) await commands.run('true');
  // One shell may wait or not: it has two pipes for what it says, one that it is told by, and a view of that.
  await until(() => readdirSync('/proc/self/fd').length <= before + 4);
});

function readyCommands(options: { limitMs?: number; graceMs?: number } = {}) {
  const now = () => ({ monotonicMs: performance.now(), wallMs: Date.now() });
  const commands = new ShellCommands({ limitMs: 30_000, now, onOutput: () => undefined, ...options });
  commands.keepReady(true);
  ends.push(() => commands.keepReady(false));
  let started = 0;
  const run = (command: string) =>
    commands.open({ door: 'ssh', source: '192.0.2.7', command, started: () => started++ });
  return { run, started: () => started };
}

test('one that was killed while it waited is not missed: its command is run once, by another', async () => {
  for (const [number, kill] of [killedBefore, killedUnnoticed, killedAfterIt].entries()) {
    const file = join(directory, `run-${number}`);
    const commands = readyCommands();
    const pid = await waitingShell();
    const outcome = await kill(pid, () => commands.run(`echo run >> ${file}`));
    assert.equal(outcome.kind, 'ok', kill.name);
    assert.equal(readFileSync(file, 'utf8'), 'run\n', kill.name);
    assert.equal(commands.started(), 1, kill.name);
    for (const end of ends.splice(0)) end();
    await until(() => waitingShells(process.pid).length === 0);
  }
});

type Run = ReturnType<typeof readyCommands>['run'];
type Killed = (pid: number, run: () => ReturnType<Run>) => ReturnType<Run>;

const killedBefore: Killed = async (pid, run) => {
  process.kill(pid, 'SIGKILL');
  await until(() => !readdirSync('/proc').includes(`${pid}`));
  return run();
};

const killedUnnoticed: Killed = (pid, run) => {
  process.kill(pid, 'SIGKILL');
  // Without a turn of the event loop, in which its end would be noticed.
  while (stateOf(pid) !== 'Z');
  return run();
};

const killedAfterIt: Killed = async (pid, run) => {
  process.kill(pid, 'SIGSTOP');
  await until(() => stateOf(pid) === 'T');
  const outcome = run();
  process.kill(pid, 'SIGKILL');
  return outcome;
};

test('a shell that was stopped is over at the time limit, and its command is not run so late', async () => {
  const file = join(directory, 'late');
  const commands = readyCommands({ limitMs: 50, graceMs: 50 });
  process.kill(await waitingShell(), 'SIGSTOP');
  assert.equal((await commands.run(`echo run >> ${file}`)).kind, 'time-limit');
  assert.equal(existsSync(file), false);
  assert.equal(commands.started(), 1);
});

test('a command that was killed in it has run, and is not run again', async () => {
  const file = join(directory, 'killed');
  const outcome = await readyCommands().run(`echo run >> ${file}; kill -9 $$`);
  assert.deepEqual(outcome.kind === 'failed-status' && outcome.status, 137);
  assert.equal(readFileSync(file, 'utf8'), 'run\n');
});

test('it ends with the process that keeps it, however that ends', async () => {
  const module = fileURLToPath(new URL('./shell-reserve.js', import.meta.url));
  const script = `const { ShellReserve } = await import(${JSON.stringify(module)});
    new ShellReserve().keep(true); console.log('kept');`;
  const keeper = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(keeper.stdout, 'data');
  const pid = await waitingShell(keeper.pid);
  keeper.kill('SIGKILL');
  await until(() => !readdirSync('/proc').includes(`${pid}`));
});
