import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { POSTERN } from '../../../lab/programs.ts';

function show(t: TestContext, text: string, ...args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'knockd.conf');
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(POSTERN, ['config', 'show', ...args, file], {
    encoding: 'utf8',
  });
  return { status, stdout: stdout.replaceAll(folder, ''), stderr: stderr.replaceAll(folder, '') };
}

test('doors says their names alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'knockd.conf');
  writeFileSync(file, `${TEXT}[web-site]\nSequence = 1,2\n`);
  const doors = (...args: readonly string[]) =>
    spawnSync(POSTERN, ['config', 'doors', ...args, file], { encoding: 'utf8' });
  assert.equal(doors().stdout, 'ssh\nweb-site\n');
  assert.deepEqual(JSON.parse(doors('--json').stdout), { doors: ['ssh', 'web-site'] });
  assert.equal(doors('--origin').status, 2);
});

const TEXT = '[options]\n\tBan_Time = 90\n\n[ssh]\nSequence = 7001,8002:udp\nTimeout = 5\nOpen = tcp/22\n';

test('with --origin each value says where it comes from', (t) => {
  const { status, stdout } = show(t, TEXT, '--origin', '-i', 'wg0');
  assert.equal(status, 0);
  for (const line of [
    /^ +\[options\]$/m,
    /^\/knockd\.conf:2 +Ban_Time = 90s$/m,
    /^command line +Interface = wg0$/m,
    /^default +Max_Strays = 16$/m,
    /^\/knockd\.conf:4 +\[ssh\]$/m,
    /^\/knockd\.conf:5 +Sequence = \(hidden\)$/m,
    /^\/knockd\.conf:6 +Seq_Timeout = 5s$/m,
    /^default +Open_For = 30s$/m,
  ]) {
    assert.match(stdout, line);
  }
});

test('without it, and with secrets, it is a configuration', (t) => {
  const { stdout } = show(t, TEXT, '--show-secrets');
  assert.match(stdout, /^\[ssh\]\nSequence = 7001:tcp,8002:udp\nSeq_Timeout = 5s\nOpen = tcp\/22\n/m);
  const again = show(t, stdout, '--show-secrets');
  assert.deepEqual([again.status, again.stdout], [0, stdout]);
});

test('as JSON', (t) => {
  const { stdout } = show(t, TEXT, '--json');
  const { options, doors } = JSON.parse(stdout);
  assert.ok(
    options.some(
      ({ key, value, from }: Record<string, string>) =>
        `${key} ${value} ${from}` === 'Ban_Time 90s /knockd.conf:2',
    ),
  );
  assert.equal(doors[0].name, 'ssh');
  assert.ok(!stdout.includes('7001'));
});

test('keys are hidden unless they are asked for', (t) => {
  const text = '[ssh]\nSpa_Key = plain:very-secret\nSpa_Hmac_Key = plain:also-secret\nOpen = tcp/22\n';
  const { stdout } = show(t, text, '--origin');
  assert.match(stdout, /^\/knockd\.conf:2 +Spa_Key = \(hidden\)$/m);
  assert.match(stdout, /^\/knockd\.conf:3 +Spa_Hmac_Key = \(hidden\)$/m);
  assert.match(show(t, text, '--show-secrets').stdout, /^Spa_Key = base64:dmVyeS1zZWNyZXQ=$/m);
});

test('errors are said as by postern check', (t) => {
  const { status, stdout, stderr } = show(t, '[ssh]\nSequence = x\n');
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^\/knockd\.conf:2:12: error: .*'x'/);
});
