/** The Debian package without Node, as `npm run package` makes it: control fields, files and modes; twice the same bytes. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EPOCH = '1767225600';

const hasDpkg = spawnSync('dpkg-deb', ['--version']).status === 0;
const isX64 = process.arch === 'x64'; // koffi's library for other machines is not installed
const skip = !hasDpkg ? 'there is no dpkg-deb' : !isX64 && "koffi's library for amd64 is not here";

let folder = '';
let deb = '';

before(() => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), 'postern-deb-'));
  deb = built('first');
});

after(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** @returns the path of the package */
function built(name: string): string {
  const env = { ...process.env, SOURCE_DATE_EPOCH: EPOCH };
  const how = ['scripts/package.mjs', '--arch=amd64', '--only=postern', `--out=${join(folder, name)}`];
  execFileSync(process.execPath, how, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [line = ''] = readFileSync(join(folder, name, 'SHA256SUMS'), 'utf8').split('\n');
  return join(folder, name, line.split('  ')[1] ?? '');
}

function field(name: string): string {
  return execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).trim();
}

/** Mode, owner and path of each file, as tar lists them. */
function listed(): readonly { readonly mode: string; readonly owner: string; readonly path: string }[] {
  const text = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [mode = '', owner = '', , , , path = ''] = line.split(/\s+/);
      return { mode, owner, path: path.slice(1) };
    });
}

test('the package says what it replaces, what it needs, and its version', { skip }, () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  assert.equal(field('Version'), `${version}-1`);
  assert.equal(field('Architecture'), 'amd64');
  for (const name of ['Conflicts', 'Replaces']) assert.equal(field(name), 'knockd, postern-bundled');
  assert.equal(field('Provides'), 'knockd');
  assert.match(field('Depends'), /nodejs \(>= 20\.19\), libpcap0\.8 \| libpcap0\.8t64, libnftables1$/);
});

test('files are root’s, nobody else writes them, and only commands can be run', { skip }, () => {
  const files = listed();
  assert.deepEqual(
    files.filter(({ owner }) => owner !== 'root/root'),
    [],
  );
  const modes = new Map(files.map(({ mode, path }) => [path, mode]));
  assert.equal(modes.get('/etc/knockd.conf'), '-rw-r-----');
  assert.equal(modes.get('/usr/share/man/man8/knockd.8.gz'), '-rw-r--r--');
  assert.equal(modes.get('/usr/lib/systemd/system/knockd.service'), '-rw-r--r--');
  const runnable = files
    .filter(({ mode }) => mode.startsWith('-') && mode.includes('x'))
    .map(({ path }) => path);
  assert.deepEqual(runnable.sort(), [
    '/etc/init.d/postern',
    '/usr/lib/postern/bin/knock',
    '/usr/lib/postern/bin/knockd',
    '/usr/lib/postern/bin/postern',
    '/usr/lib/postern/doors-pass',
  ]);
  assert.deepEqual(
    files.filter(({ mode, path }) => /^.....w|^........w/.test(mode) && !mode.startsWith('l') && path !== ''),
    [],
  );
});

test('no test, source map or second licence is packed', { skip }, () => {
  const odd = listed().filter(({ path }) => /\.test\.js$|\.map$|\.ts$|LICENSE/.test(path));
  assert.deepEqual(odd, []);
});

test('the programs run from the package alone, the native library too', { skip }, () => {
  const root = join(folder, 'root');
  execFileSync('dpkg-deb', ['-x', deb, root]);
  const library = join(root, 'usr/lib/postern');
  const run = (...args: readonly string[]) => execFileSync(process.execPath, [...args], { encoding: 'utf8' });
  for (const name of ['knockd', 'knock']) assert.match(run(join(library, 'bin', name), '-V'), /\(Postern\)/);
  assert.match(run(join(library, 'bin/postern'), '--version'), /\(Postern\)/);
  const load = `require(${JSON.stringify(join(library, 'node_modules/koffi'))}).load('libc.so.6')`;
  assert.equal(run('-e', load), '');
});

test('the scripts are sh, and name the files that they lay down', { skip }, () => {
  const control = join(folder, 'control');
  execFileSync('dpkg-deb', ['-e', deb, control]);
  for (const name of ['preinst', 'postinst', 'prerm', 'postrm']) {
    assert.equal(spawnSync('sh', ['-n', join(control, name)]).status, 0, name);
    assert.doesNotMatch(readFileSync(join(control, name), 'utf8'), /@\w+@|^@FILE/m);
  }
  const conffiles = readFileSync(join(control, 'conffiles'), 'utf8');
  assert.equal(conffiles, '/etc/knockd.conf\n/etc/default/knockd\n/etc/init.d/postern\n');
});

test('what is made again has the same bytes', { skip }, () => {
  assert.deepEqual(readFileSync(built('second')), readFileSync(deb));
});

test('an architecture without a prebuilt library is refused', { skip }, () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/package.mjs', '--arch=riscv64'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^error: no package can be made for the architecture 'riscv64'\nhint: there are amd64, arm64/,
  );
});
