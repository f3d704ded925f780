import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import type { CommandOutcome } from '../grant/backend.ts';
import { ShellCommands, type ShellCommandsOptions } from './shell-command.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-shell-'));
after(() => rmSync(root, { recursive: true, force: true }));

const now = () => ({ monotonicMs: performance.now(), wallMs: Date.now() });

interface Run {
  readonly outcome: Promise<CommandOutcome>;
  readonly lines: string[];
  readonly begun: string[];
}

const made: ShellCommands[] = [];
afterEach(() => {
  for (const commands of made.splice(0)) commands.keepReady(false);
});

type ShellOf = (options?: Partial<ShellCommandsOptions>) => ReturnType<typeof shellWith>;

/** The same commands have the same outcome, whichever shell runs them. */
describe('with a shell that is started for them', () => outcomes((options) => shellWith(false, options)));
describe('with a shell that waits for them', () => outcomes((options) => shellWith(true, options)));

function shellWith(isReady: boolean, options: Partial<ShellCommandsOptions> = {}) {
  const lines: string[] = [];
  const begun: string[] = [];
  const told: string[] = [];
  const onOutput: ShellCommandsOptions['onOutput'] = (_, line) => {
    lines.push(line);
    told.push(line);
  };
  const commands = new ShellCommands({ limitMs: 30_000, now, onOutput, ...options });
  made.push(commands);
  commands.keepReady(isReady);
  const request = (command: string) => ({
    door: 'ssh',
    source: '192.0.2.7',
    command,
    started: () => {
      begun.push(command);
      told.push('started');
    },
  });
  const start = (command: string): Run => ({ outcome: commands.open(request(command)), lines, begun });
  const stop = (command: string): Run => ({ outcome: commands.close(request(command)), lines, begun });
  return { start, stop, lines, begun, told };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function alive(pid: number): boolean {
  try {
    // A zombie that nobody has waited for yet counts as gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function outcomes(shell: ShellOf): void {
  const directory = mkdtempSync(join(root, 'outcomes-'));

  test('a command that ends well is ok and its output comes as lines', async () => {
    const run = shell().start('echo one; echo two; echo wrong >&2; printf unfinished');
    assert.equal((await run.outcome).kind, 'ok');
    assert.deepEqual(run.lines.toSorted(), ['one', 'two', 'unfinished', 'wrong']);
    assert.equal(run.begun.length, 1);
  });

  test('that a command runs is told before what it prints', async () => {
    const commands = shell();
    assert.equal((await commands.start('echo one').outcome).kind, 'ok');
    assert.deepEqual(commands.told, ['started', 'one']);
  });

  test('the status of a failed command is told, 128 and the number for a signal', async () => {
    const cases = [
      ['exit 3', 3],
      ['/nonexistent/x', 127],
      ['kill -9 $$', 137],
      ['false', 1],
    ] as const;
    for (const [command, status] of cases) {
      const outcome = await shell().start(command).outcome;
      assert.deepEqual({ ...outcome, at: 0 }, { kind: 'failed-status', status, at: 0 }, command);
    }
  });

  test('standard input is empty and the command leads a process group of its own', async () => {
    const run = shell().start('cat; cut -d" " -f5 /proc/self/stat; echo $$');
    assert.equal((await run.outcome).kind, 'ok');
    assert.equal(run.lines.length, 2);
    assert.equal(run.lines[0], run.lines[1]);
  });

  test('a command gets a PATH even when the daemon has none', async () => {
    const env: { PATH?: string | undefined } = process.env;
    const { PATH: saved } = env;
    delete env.PATH;
    try {
      const run = shell().start('echo $PATH; ls / > /dev/null');
      assert.equal((await run.outcome).kind, 'ok');
      assert.match(run.lines[0] ?? '', /\/usr\/sbin/);
    } finally {
      env.PATH = saved;
    }
  });

  test('a hung command is killed at its limit together with everything it started', async () => {
    const pidFile = join(directory, 'hung');
    const run = shell({ limitMs: 100, graceMs: 50 }).start(
      `trap "" TERM; (trap "" TERM; sleep 300) & echo $! > ${pidFile}; sleep 300; sleep 300`,
    );
    const outcome = await run.outcome;
    assert.deepEqual({ ...outcome, at: 0 }, { kind: 'time-limit', limitMs: 100, at: 0 });
    assert.equal(alive(Number(readFileSync(pidFile, 'utf8'))), false);
  });

  test('SIGTERM comes first, so a hung command can clean up', async () => {
    const mark = join(directory, 'cleaned');
    const run = shell({ limitMs: 100, graceMs: 10_000 }).start(
      `trap "touch ${mark}; exit 0" TERM; while :; do sleep 0.02; done`,
    );
    assert.equal((await run.outcome).kind, 'time-limit');
    assert.equal(existsSync(mark), true);
  });

  test('no limit is a limit of 0', async () => {
    const run = shell({ limitMs: 0 }).start('sleep 0.2');
    assert.equal((await run.outcome).kind, 'ok');
  });

  test('a process in the background is not waited for and can still print', async () => {
    const [go, done] = [join(directory, 'go'), join(directory, 'done')];
    const run = shell().start(
      `echo front; (while [ ! -e ${go} ]; do sleep 0.01; done; echo back; echo $? > ${done}) &`,
    );
    assert.equal((await run.outcome).kind, 'ok');
    assert.deepEqual(run.lines, ['front']);
    writeFileSync(go, '');
    await until(() => run.lines.includes('back') && existsSync(done));
  });

  test('a flood of output ends in one line that says so, long lines are cut, control characters are shown', async () => {
    const flood = shell().start('yes | head -n 100000');
    assert.equal((await flood.outcome).kind, 'ok');
    assert.equal(flood.lines.length, 101);
    assert.match(flood.lines[100] ?? '', /more than 100 lines/);
    const long = shell().start('head -c 5000000 /dev/zero | tr "\\0" x; echo; printf "a\\033[2Jb\\r\\n"');
    assert.equal((await long.outcome).kind, 'ok');
    assert.equal(long.lines[0]?.length, 1001);
    assert.equal(long.lines[1], 'a\\x1b[2Jb');
  });

  test('a shell that cannot be started is an outcome, not a crash', async () => {
    const nul = await shell().start('echo \0').outcome;
    assert.equal(nul.kind, 'could-not-start');
    const long = await shell().start(`: ${'x'.repeat(300_000)}`).outcome;
    assert.equal(long.kind, 'could-not-start');
    assert.match(long.kind === 'could-not-start' ? long.error : '', /E2BIG/);
  });

  test('no more than the bound run at once, the rest waits, beyond that one is refused', async () => {
    const commands = shell({ maxRunning: 2, maxWaiting: 2 });
    const gate = join(directory, 'gate');
    const wait = (name: string) => `: ${name}; while [ ! -e ${gate} ]; do sleep 0.01; done`;
    const runs = ['a', 'b', 'c', 'd', 'e'].map((name) => commands.start(wait(name)));
    assert.equal((await runs[4]!.outcome).kind, 'queue-full');
    await until(() => commands.begun.length > 1);
    assert.deepEqual(commands.begun.toSorted(), [wait('a'), wait('b')]);
    writeFileSync(gate, '');
    for (const run of runs.slice(0, 4)) assert.equal((await run.outcome).kind, 'ok');
    assert.deepEqual(commands.begun.slice(2).toSorted(), [wait('c'), wait('d')]);
  });

  test('those that wait are run in order', async () => {
    const commands = shell({ maxRunning: 1 });
    const numbers = Array.from({ length: 10 }, (_, number) => `: ${number}`);
    for (const run of numbers.map(commands.start)) assert.equal((await run.outcome).kind, 'ok');
    assert.deepEqual(commands.begun, numbers);
  });

  test('a stop command runs while start commands fill every place and the queue', async () => {
    const commands = shell({ maxRunning: 1, maxWaiting: 1 });
    const gate = join(directory, 'stop-gate');
    const hold = `while [ ! -e ${gate} ]; do sleep 0.01; done`;
    const held = [commands.start(hold), commands.start(hold)];
    assert.equal((await commands.start(hold).outcome).kind, 'queue-full');
    assert.equal((await commands.stop(`touch ${gate}`).outcome).kind, 'ok');
    for (const run of held) assert.equal((await run.outcome).kind, 'ok');
  });
}
