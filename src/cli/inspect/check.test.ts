import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { POSTERN } from '../../../lab/programs.ts';
import { RULES } from '../../lint/lint.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-check-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = '[ssh]\nSequence = 17301,48122:udp,35904\nTCPFlags = syn\nOpen = tcp/22\n';
const WEAK = '[ssh]\nSequence = 7000,8000\nTCPFlags = syn\nOpen = tcp/22\n';

function check(text: string, ...options: readonly string[]) {
  const file = join(folder, 'knockd.conf');
  writeFileSync(file, text);
  chmodSync(file, 0o600);
  const { status, stdout, stderr } = spawnSync(POSTERN, ['check', ...options, file], {
    encoding: 'utf8',
  });
  return { status, stdout: stdout.replaceAll(file, 'FILE'), stderr: stderr.replaceAll(file, 'FILE') };
}

test('a good configuration is told with the odds of its doors', () => {
  const { status, stdout, stderr } = check(GOOD);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(
    stdout,
    'FILE: no errors; 1 door\n  ssh: a scan of all ports in random order opens it once in 15 million\n',
  );
});

test('warnings stand on standard error and fail only when that is asked', () => {
  const { status, stdout, stderr } = check(WEAK);
  assert.equal(status, 0);
  assert.match(stdout, /^FILE: no errors, 2 warnings; 1 door\n/);
  assert.match(stderr, /^FILE:2:1: warning \[short-sequence\]: two steps are soon guessed\nhint: use three/);
  assert.equal(check(WEAK, '--strict').status, 1);
  assert.equal(check(GOOD, '--strict').status, 0);
});

test('errors fail, and leave no room for warnings', () => {
  const { status, stdout, stderr } = check(`${WEAK}Opne = tcp/23\n`);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^FILE:5:1: error: unknown key 'Opne'\nhint: did you mean 'Open'\?\n1 error\n$/);
});

test('every unused line of a one-time file is looked at', () => {
  const sequences = join(folder, 'sequences');
  writeFileSync(sequences, '#70000\n7301,8302\n7303,8304,\n7305:tpc\n');
  const { status, stderr } = check(`[ssh]\nOne_Time_Sequences = ${sequences}\n`);
  assert.equal(status, 1);
  assert.match(
    stderr.replaceAll(sequences, 'SEQ'),
    /^SEQ:3:11: error: .*\n.*\nSEQ:4:6: error: [\s\S]*2 errors\n$/,
  );
});

test('--json is one object with errors, warnings and odds', () => {
  const weak = JSON.parse(check(WEAK, '--json').stdout);
  assert.deepEqual([weak.file, weak.errors, weak.doors[0].name], ['FILE', [], 'ssh']);
  assert.equal(weak.doors[0].odds.randomScans, 3855);
  assert.deepEqual(
    weak.warnings.map(({ code, line, column }: Readonly<Record<string, unknown>>) => [code, line, column]),
    [
      ['short-sequence', 2, 1],
      ['one-protocol', 2, 1],
    ],
  );
  const wrong = check('[ssh]\n', '-j');
  assert.equal(wrong.status, 1);
  assert.deepEqual(JSON.parse(wrong.stdout).errors[0].line, 1);
});

test('--explain says why a warning matters', () => {
  const one = check(GOOD, '--explain', 'append-accept');
  assert.match(one.stdout, /^append-accept\n {2}The option -A puts the rule at the end/);
  const all = RULES.map(({ code, why }) => `${code}\n  ${why}\n`).join('\n');
  assert.equal(check(GOOD, '-e', 'all').stdout, all);
  const none = check(GOOD, '-e', 'nonsense');
  assert.equal(none.status, 2);
  assert.match(none.stderr, /there is no warning 'nonsense'\nhint: 'postern check --explain all' lists them/);
});
