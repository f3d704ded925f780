import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileArguments } from './profile-text.ts';

const FILE = 'profiles.conf';

test('a profile with a sequence is the command line that it stands for', () => {
  const text = '[home]\nHost = home.example\nSequence = 7301, 48122:udp\nDelay = 20\n';
  const line = profileArguments(text, FILE, 'home');
  assert.deepEqual(line, { ok: true, value: ['--delay', '20', '--', 'home.example', '7301', '48122:udp'] });
});

test('a profile with a key asks by one packet', () => {
  const line = profileArguments('[a]\nhost = h\nspa_key = file:/k\nAccess = tcp/22\n', FILE, 'a');
  assert.deepEqual(line.ok && line.value, ['--spa', '--key', 'file:/k', '--access', 'tcp/22', '--', 'h']);
});

test('a name that is no profile is no fault', () => {
  assert.deepEqual(profileArguments('[a]\nHost = h\n', FILE, 'b'), { ok: true, value: undefined });
});

test('faults have line, column and a hint', () => {
  const line = profileArguments('[a]\n  Hots = h\n', FILE, 'a');
  assert.ok(!line.ok);
  assert.deepEqual(
    line.error.map(({ line: at, column, hint }) => [at, column, hint]),
    [
      [1, 2, "write 'Host = NAME'"],
      [2, 3, "did you mean 'Host'?"],
    ],
  );
});
