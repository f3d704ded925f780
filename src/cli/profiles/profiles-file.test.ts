/** `knock` and its file of profiles, by the program itself; nothing of it needs a network. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { KNOCK } from '../../../lab/programs.ts';

interface Home {
  readonly file: string;
  readonly knock: (...args: readonly string[]) => {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
}

function setHome(t: { after(end: () => void): void }, text?: string, mode = 0o600): Home {
  const folder = mkdtempSync(join(tmpdir(), 'postern-profiles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'postern', 'profiles.conf');
  if (text !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
  const env = { ...process.env, XDG_CONFIG_HOME: folder };
  const knock: Home['knock'] = (...args) =>
    spawnSync(process.execPath, [KNOCK, ...args], { encoding: 'utf8', env });
  return { file, knock };
}

const HOME = '[home]\nHost = 127.0.0.1\nSequence = 7301\n';

test('--save makes the file for its owner alone, and refuses to replace a profile without --force', (t) => {
  const { file, knock } = setHome(t);
  assert.equal(knock('--save', 'home', '-u', '-d', '5', '127.0.0.1', '7301', '7302:tcp').status, 0);
  const saved = '[home]\n    Host = 127.0.0.1\n    Sequence = 7301:udp, 7302:udp\n    Delay = 5\n';
  assert.equal(readFileSync(file, 'utf8'), saved);
  const modes = [statSync(file).mode, statSync(dirname(file)).mode].map((mode) => mode & 0o777);
  assert.deepEqual(modes, [0o600, 0o700]);
  const again = knock('--save', 'home', '127.0.0.1', '1');
  assert.deepEqual([again.status, readFileSync(file, 'utf8')], [3, saved]);
  assert.match(again.stderr, /has a profile 'home' already\nhint: replace it with --force/);
  assert.equal(knock('--save', 'home', '--force', '127.0.0.1', '1').status, 0);
  assert.match(readFileSync(file, 'utf8'), /^\[home\]\n {4}Host = 127.0.0.1\n {4}Sequence = 1\n$/);
});

test('--save refuses what would not read back, and what is no profile', (t) => {
  const { file, knock } = setHome(t);
  for (const line of [
    ['a b', 'h', '1'],
    ['a', 'h'],
    ['a', 'h', '70000'],
    ['a', '-k', 'file:/k', 'h', '1'],
  ])
    assert.equal(knock('--save', ...line).status, 1, line.join(' '));
  assert.equal(knock('--save', 'a', '--one-time', '/f\nHost = evil', 'h').status, 1);
  assert.equal(existsSync(file), false);
  const bare = knock('--save', 'a', '--spa', '-k', 'file:/k', 'h');
  assert.match(bare.stderr, /Spa_Key and no Spa_Hmac_Key/);
});

test('--list shows no secret unless it is asked to', (t) => {
  const { knock } = setHome(
    t,
    `${HOME}Close_Sequence = 9999\n[b]\nHost = b.example\nSpa_Key = plain:hidden-key\nSpa_Unauthenticated = yes\n`,
  );
  assert.equal(knock('--list').stdout, 'home  127.0.0.1  sequence\nb     b.example  spa without HMAC\n');
  const json = knock('--list', '--json');
  assert.deepEqual(
    JSON.parse(json.stdout).profiles.map(({ name, method }: Record<string, string>) => [name, method]),
    [
      ['home', 'sequence'],
      ['b', 'spa without HMAC'],
    ],
  );
  assert.doesNotMatch(json.stdout, /7301|9999|hidden/);
  for (const form of [[], ['--json']])
    assert.match(knock('--list', '--show-secrets', ...form).stdout, /7301.*9999.*hidden-key/s);
  assert.deepEqual([setHome(t).knock('--list').status, setHome(t).knock('--list').stdout], [0, '']);
});

test('a file that others may read is an error for its profiles alone', (t) => {
  const { file, knock } = setHome(t, HOME, 0o640);
  const refused = knock('home');
  assert.equal(refused.status, 3);
  assert.match(refused.stderr, /mode 0640 lets others use it\nhint: chmod 600 '/);
  assert.ok(refused.stderr.includes(file));
  assert.equal(knock('away').status, 1);
  assert.equal(knock('127.0.0.1', '7301').status, 0);
});

test('a faulty file does not touch what knock 0.8 does, and tells all of its faults for a profile', (t) => {
  const { file, knock } = setHome(t, `${HOME}Delay = x\n[b]\nHots = h\n`);
  const faulty = knock('home', '--', 'true');
  assert.equal(faulty.status, 3);
  assert.equal(faulty.stderr.split('\n').filter((line) => line.startsWith(file)).length, 4);
  assert.match(faulty.stderr, /profiles\.conf:4:9: error: delay 'x'/);
  assert.equal(knock('127.0.0.1', '7301').status, 0);
  assert.equal(knock('away').status, 1);
});

test('what is a port list for knock 0.8 stays one, whatever profiles there are', (t) => {
  const { knock } = setHome(t, HOME);
  assert.equal(
    knock('-v', '127.0.0.1', '--', '7301', 'ssh').stdout,
    'hitting tcp 127.0.0.1:7301\nhitting tcp 127.0.0.1:ssh\n',
  );
  assert.equal(knock('-v', 'home').stdout, 'hitting tcp 127.0.0.1:7301\n');
  assert.equal(knock('-vu', 'home').stdout, 'hitting udp 127.0.0.1:7301\n');
  const other = knock('hme', '--', 'true');
  assert.deepEqual([other.status, /did you mean 'home'/.test(other.stderr)], [3, true]);
});

test('a key that is not there is status 3, a wrong use status 1', (t) => {
  const { knock } = setHome(
    t,
    '[a]\nHost = 127.0.0.1\nSpa_Key = file:/nowhere\nSpa_Hmac_Key = file:/nowhere\n',
  );
  assert.equal(knock('a').status, 3);
  assert.equal(knock('--for', '30s', '127.0.0.1', '7301').status, 1);
  assert.equal(knock('--close', 'a').status, 3);
  assert.equal(knock('--close', 'a', '--', 'true').status, 1);
  assert.equal(knock('--proxy', 'a', 'h').status, 1);
  assert.equal(knock('--one-time', '/nowhere', '127.0.0.1').status, 3);
});
