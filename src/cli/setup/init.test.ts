import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { POSTERN } from '../../../lab/programs.ts';
import { parsed } from '../../../test/support/config-text.ts';
import { FIREWALLS } from './init-fields.ts';
import { METHODS } from './init-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-init-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function postern(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(POSTERN, [...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

for (const method of METHODS) {
  test(`a first configuration with ${method} has no warning, and is for its owner alone`, () => {
    const file = join(folder, `${method}.conf`);
    const said = postern('init', '--yes', '-m', method, '-S', 'home.example', '-o', file);
    assert.deepEqual([said.status, said.stderr], [0, '']);
    assert.match(said.stdout, /no errors; 1 door/);
    assert.match(said.stdout, /^knock .*\bhome\.example\b/m);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(postern('check', '--strict', file).status, 0);
  });
}

test('what the options say is in the file', () => {
  const file = join(folder, 'options.conf');
  const options = ['-d', 'web', '-p', 'tcp/443,udp/443', '-f', '10m', '-i', 'wan0', '-w', 'ufw'];
  const said = postern('init', '-y', ...options, '-o', file, '--json');
  assert.equal(said.status, 0);
  const { options: found, doors } = parsed(readFileSync(file, 'utf8'));
  assert.deepEqual(found.interfaces, { kind: 'named', names: ['wan0'] });
  assert.equal(found.firewall, 'ufw');
  assert.deepEqual([doors[0]?.name, doors[0]?.opening?.forMs], ['web', 600_000]);
  const { file: told, client, next } = JSON.parse(said.stdout);
  assert.equal(told, file);
  assert.match(client.command, /^knock /);
  assert.deepEqual(next, [`knockd -c ${file}`]);
});

test('every firewall has its next steps', () => {
  for (const kind of FIREWALLS) {
    const said = postern('init', '-y', '-w', kind, '-F', '-o', join(folder, 'firewall.conf'), '--json');
    const { next } = JSON.parse(said.stdout);
    assert.equal(next.at(-1), `knockd -c ${join(folder, 'firewall.conf')}`);
    assert.equal(
      next.some((step: string) => step.includes('--mark')),
      kind === 'nftables-mark',
    );
  }
});

test('a file that is there is not touched without --force', () => {
  const file = join(folder, 'there.conf');
  writeFileSync(file, 'mine\n');
  const said = postern('init', '--yes', '-o', file);
  assert.deepEqual([said.status, said.stdout], [1, '']);
  assert.match(said.stderr, /^error: '.*there\.conf' is there already\nhint: .*--force/);
  assert.equal(readFileSync(file, 'utf8'), 'mine\n');
  assert.equal(postern('init', '--yes', '-o', file, '--force').status, 0);
  assert.notEqual(readFileSync(file, 'utf8'), 'mine\n');
});

test('a file of comments alone is written over', () => {
  const file = join(folder, 'comments.conf');
  writeFileSync(file, '# nothing yet\n\n  # still nothing\n');
  assert.equal(postern('init', '--yes', '-o', file).status, 0);
  assert.match(readFileSync(file, 'utf8'), /^\[options\]/);
  assert.equal(postern('init', '--yes', '-o', file).status, 1);
});

test('a file with another name beside it is left alone, and no temporary one stays', () => {
  const own = join(folder, 'beside');
  mkdirSync(own);
  writeFileSync(join(own, 'k.conf.new'), 'mine\n');
  for (const options of [[], [], ['--force']])
    postern('init', '--yes', '-o', join(own, 'k.conf'), ...options);
  assert.deepEqual(readdirSync(own).toSorted(), ['k.conf', 'k.conf.new']);
  assert.equal(readFileSync(join(own, 'k.conf.new'), 'utf8'), 'mine\n');
});

test('what is wrong is said, and nothing is written', () => {
  const file = join(folder, 'never.conf');
  const cases = [
    [['--yes', '-d', 'options'], /--door 'options' is no name/],
    [['--yes', '-m', 'magic'], /--method 'magic': expected one of sequence, totp, spa/],
    [['--yes', '-p', '22'], /--open '22': expected tcp\/PORT/],
    [['--yes', '-f', 'soon'], /--for 'soon': expected a time/],
    [['--yes', '-w', 'pf'], /--firewall 'pf': expected one of/],
    [['--yes', 'more'], /unexpected argument 'more'/],
    [['--json'], /'--json' needs '--yes'/],
    [[], /there is no terminal to ask at/],
  ] as const;
  for (const [args, message] of cases) {
    const { status, stderr } = postern('init', ...args, '-o', file);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
    assert.equal(statSync(file, { throwIfNoEntry: false }), undefined);
  }
  const overlap = postern('init', '--yes', '-p', 'udp/60000-61000,udp/60500', '-o', file);
  assert.equal(overlap.status, 1);
  assert.match(overlap.stderr, /overlaps/);
  assert.equal(statSync(file, { throwIfNoEntry: false }), undefined);
});

test('share says the client the door of a configuration, as text, JSON and picture', () => {
  const file = join(folder, 'shared.conf');
  const made = JSON.parse(postern('init', '--yes', '-S', 'h', '-o', file, '--json').stdout);
  const shared = (...args: readonly string[]) => postern('share', 'ssh', '-c', file, '-S', 'h', ...args);
  assert.ok(shared().stdout.includes(made.client.command));
  assert.equal(JSON.parse(shared('--json').stdout).command, made.client.command);
  assert.match(shared('--qr').stdout, /^█+\n[\s\S]*for Knock on Ports \(Android\)\n$/);
  const picture = join(folder, 'code.png');
  assert.equal(shared('--png', picture).status, 0);
  assert.equal(statSync(picture).mode & 0o777, 0o600);
  assert.equal(shared('--png', picture).status, 1);
  assert.equal(shared('--svg', picture, '--force').status, 0);
  assert.match(readFileSync(picture, 'utf8'), /^<svg/);
});

test('share says which doors there are, and what has no code', () => {
  const file = join(folder, 'totp.conf');
  const none = postern('share', 'web', '-c', file);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /has no door 'web'\nhint: it has 'ssh'/);
  assert.match(postern('share', 'ssh', '-c', file, '--qr').stderr, /no app that is known here/);
  assert.equal(postern('share', '-c', file).status, 2);
  assert.equal(postern('share', 'ssh', '-c', file, '--qr', '--json').status, 2);
  assert.equal(postern('share', 'ssh', '-c', join(folder, 'gone.conf')).status, 1);
});
