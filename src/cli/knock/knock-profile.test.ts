import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { argumentsOfProfile } from './knock-profile.ts';

test('a profile is taken from a file that its owner alone may read', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'postern-profile-'));
  t.after(() => rmSync(home, { recursive: true }));
  Object.assign(process.env, { XDG_CONFIG_HOME: home });
  assert.deepEqual(argumentsOfProfile('home'), { ok: true, value: undefined });
  mkdirSync(join(home, 'postern'));
  const file = join(home, 'postern', 'profiles.conf');
  writeFileSync(file, '[home]\nHost = h\nSequence = 7301\n', { mode: 0o600 });
  assert.deepEqual(argumentsOfProfile('home'), { ok: true, value: ['--', 'h', '7301'] });
  chmodSync(file, 0o644);
  const open = argumentsOfProfile('home');
  assert.ok(!open.ok);
  assert.match(open.error, /hint: chmod 600 /);
});
