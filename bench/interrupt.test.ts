import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labProblem } from '../lab/enter.ts';
import { until } from '../lab/until.ts';

const BENCH = fileURLToPath(new URL('./main.js', import.meta.url));
const skip = labProblem();

/** By which everything that the bench starts is known: programs inherit the environment. */
const MARK = 'POSTERN_BENCH_TEST';

const MOMENTS: Record<string, (output: () => string, mark: string) => boolean> = {
  'at once': () => true,
  'when the lab is up': (output) => output().includes('cores of'),
  'when the row begins': (output) => output().includes('P6 start'),
  'when the daemon runs': (_, mark) => marked(mark).some((line) => line.includes('bin/knockd')),
};

for (const [moment, isThere] of Object.entries(MOMENTS)) {
  test(`Ctrl-C ${moment} leaves no process, namespace or file`, { skip }, async () => {
    const before = leftovers();
    const mark = randomUUID();
    const bench = spawn(process.execPath, [BENCH, 'P6'], {
      detached: true, // a process group of its own, as a terminal gives it
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, [MARK]: mark },
    });
    let output = '';
    const collect = (text: Buffer) => {
      output += text;
    };
    bench.stdout.on('data', collect);
    bench.stderr.on('data', collect);
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      bench.once('close', (status, signal) => resolve(status ?? signal));
    });
    await until(() => isThere(() => output, mark), {
      timeoutMs: 60_000,
      what: () => `${moment}:\n${output}`,
    });
    process.kill(-(bench.pid as number), 'SIGINT');
    const status = await ended;
    assert.ok(status === 130 || (moment === 'at once' && status === 'SIGINT'), `${status}:\n${output}`);
    assert.doesNotMatch(output, /failed|Error|at .*\.js:/);
    await until(() => marked(mark).length === 0, { what: () => `the end of ${marked(mark).join('\n')}` });
    assert.deepEqual(leftovers(), before);
  });
}

/** Command lines of processes with the mark. */
function marked(mark: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (!environment.includes(`${MARK}=${mark}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return []; // not a process, or one that ended meanwhile
    }
  });
}

/** Names that a bench could leave on the machine. */
function leftovers(): readonly string[] {
  return [tmpdir(), '/run', '/run/netns']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.includes('/netns/') || path.includes('postern-bench'));
}
