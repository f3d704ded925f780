import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { POSTERN } from '../../../lab/programs.ts';
import { parsed } from '../../../test/support/config-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-key-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function key(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(POSTERN, ['key', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('new keys make a door that the parser takes, with what it opens', () => {
  const said = key('new', 'admin', '--open', 'tcp/22,udp/53', '--for', '10m', '--json');
  assert.deepEqual([said.status, said.stderr], [0, '']);
  const made = JSON.parse(said.stdout);
  const [door] = parsed(made.config).doors;
  assert.equal(door?.name, 'admin');
  assert.equal(door?.opening?.forMs, 600_000);
  assert.equal(door?.sequence.kind, 'spa');
  const { sequence } = door;
  assert.deepEqual(
    sequence.kind === 'spa' && [sequence.key.lengthBytes, sequence.hmac?.key.lengthBytes],
    [32, 64],
  );
  assert.notEqual(JSON.parse(key('new', 'admin', '--json').stdout).key, made.key);
});

test('a secret for time-based sequences', () => {
  const made = JSON.parse(key('new', 'vault', '--totp', '--json').stdout);
  const [door] = parsed(made.config).doors;
  assert.equal(door?.sequence.kind === 'totp' && door.sequence.secret.lengthBytes, 20);
  assert.match(made.client, /^knock --totp file:\/path\/to\/vault\.totp server\.example$/m);
});

test('the client hears of knock and of fwknop', () => {
  const { stdout } = key('new', 'admin', '--server', 'home.example');
  assert.match(stdout, /^knock --spa -k file:\S+\.key -K file:\S+\.hmac -A tcp\/22 home\.example$/m);
  assert.match(
    stdout,
    /^SPA_SERVER +home\.example\nACCESS +tcp\/22\nKEY_BASE64 +\S{44}\nHMAC_KEY_BASE64 +\S{88}\nUSE_HMAC +Y$/m,
  );
});

test('secrets in files are for their owner alone, and not written over', () => {
  const said = key('new', 'admin', '--write', folder);
  assert.equal(said.status, 0);
  const path = join(folder, 'admin.key');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.match(said.stdout, new RegExp(`Spa_Key {6}= file:${path}\n`));
  const config = /\[admin\][\s\S]*?\n\n/.exec(said.stdout)?.[0] ?? '';
  const [door] = parsed(config).doors;
  assert.equal(door?.sequence.kind, 'spa');
  const before = readFileSync(path, 'utf8');
  const again = key('new', 'admin', '--write', folder);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /it is there already\nhint: move it away, or write over it with --force/);
  assert.equal(readFileSync(path, 'utf8'), before);
  assert.equal(key('new', 'admin', '--write', folder, '--force').status, 0);
  assert.notEqual(readFileSync(path, 'utf8'), before);
});

test('what is wrong is said', () => {
  const cases = [
    [['new'], /is no name for a door/],
    [['new', 'options'], /is no name for a door/],
    [['new', '../x'], /is no name for a door/],
    [['old', 'x'], /expected 'key new DOOR'/],
    [['new', 'x', '--open', '22'], /access '22': expected tcp\/PORT/],
    [['new', 'x', '--for', 'soon'], /--for 'soon'/],
  ] as const;
  for (const [args, message] of cases) {
    const { status, stderr } = key(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
  }
  const gone = key('new', 'x', '--write', join(folder, 'nowhere'));
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /ENOENT/);
});
