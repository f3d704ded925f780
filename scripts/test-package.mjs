/**
 * `npm run test:package [bookworm] [trixie]`: builds the Debian packages and installs, upgrades and removes them in small
 * Debian systems of their own, in a folder. As root, with debootstrap; the systems are kept in the user's cache folder.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentRelease } from './packaging/release.mjs';
import { debianSystem, RELEASES } from './packaging/system.mjs';
import { ROOT } from './root.mjs';
import { runInFront, runQuietly, runScript, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { isProgram } from './system-parts.mjs';

const ARCHITECTURES = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

await runScript(async () => {
  const wanted = process.argv.slice(2);
  const names = wanted.length === 0 ? Object.keys(RELEASES) : wanted;
  const unknown = names.find((name) => !(name in RELEASES));
  if (unknown !== undefined)
    throw new StepError(`there is no test for '${unknown}'`, {
      hint: `there are ${Object.keys(RELEASES).join(', ')}`,
    });
  if (process.getuid?.() !== 0) throw new StepError('systems can be installed by root alone');
  if (!isProgram('debootstrap'))
    throw new StepError('there is no debootstrap', { hint: 'apt-get install debootstrap' });
  await setUp('tests');
  const folder = mkdtempSync(join(tmpdir(), 'postern-packages-'));
  try {
    let status = 0;
    for (const name of names) status = (await testOn(name, folder)) || status;
    return status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * @param {string} name of the Debian release
 * @param {string} folder
 */
async function testOn(name, folder) {
  const { version } = await currentRelease();
  const next = `${version}+next`;
  const kind = RELEASES[name] ?? '';
  const debs = join(folder, name);
  for (const [each, place] of [
    [version, 'now'],
    [next, 'next'],
  ])
    await build(kind, each ?? '', join(debs, place ?? ''));
  const system = await debianSystem(name, join(debs, 'now'));
  console.log(`\n${kind} on Debian ${name}`);
  const env = {
    ...process.env,
    POSTERN_SYSTEM: system,
    POSTERN_DEBS: debs,
    POSTERN_KIND: kind,
    POSTERN_NEXT: next,
  };
  return runInFront(process.execPath, ['--test', '--test-reporter=spec', 'dist/test/packages/life.js'], {
    env,
  });
}

/**
 * @param {string} kind
 * @param {string} version
 * @param {string} out
 */
async function build(kind, version, out) {
  mkdirSync(out, { recursive: true });
  const arch = ARCHITECTURES.get(process.arch);
  const args = [join(ROOT, 'scripts/package.mjs'), `--arch=${arch}`, `--only=${kind}`, `--out=${out}`];
  const env = { ...process.env, POSTERN_PACKAGE_VERSION: version };
  const { status, output } = await runQuietly(process.execPath, args, { env });
  if (status !== 0) throw new StepError(`cannot build ${kind} ${version}`, { details: output });
}
