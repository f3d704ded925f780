/** `npm run release:check`: whether what is committed can be released, point by point. Makes everything that a release has, twice. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installFaults } from './packaging/npm-install.mjs';
import { changelogDate, packageVersion } from './packaging/release.mjs';
import { ROOT } from './root.mjs';
import { runQuietly, runScript } from './run.mjs';
import { setUp } from './setup.mjs';

/** Where a version that is written twice would be forgotten. */
const WITHOUT_VERSION = ['bin', 'src', 'scripts', 'packaging', ':!*.test.ts'];

/** @typedef {(scratch: string) => Promise<string>} Check gives what is wrong, or nothing */

/** @type {Readonly<Record<string, Check>>} */
const CHECKS = {
  'CHANGELOG.md has a section with a date for the version': async () =>
    changelogDate(packageVersion()) === undefined
      ? `expected '## ${packageVersion()} - ${new Date().toISOString().slice(0, 10)}'`
      : '',
  'the version is in package.json alone': async () => {
    const { status, output } = await runQuietly('git', [
      'grep',
      '-nFw',
      packageVersion(),
      '--',
      ...WITHOUT_VERSION,
    ]);
    return status === 1 ? '' : output;
  },
  'everything is committed': async () => (await runQuietly('git', ['status', '--porcelain'])).output,
  'the figures of the README are those of the results': async () => {
    const { machine } = JSON.parse(readFileSync(join(ROOT, 'bench/results.json'), 'utf8'));
    return readFileSync(join(ROOT, 'README.md'), 'utf8').includes(machine)
      ? ''
      : "run 'npm run bench -- --readme'";
  },
  'the lint finds nothing': () => outcome('npm', ['run', '--silent', 'lint']),
  'the npm package installs and runs, with install scripts and without': installFaults,
  'the packages have the same bytes when they are made again': async (scratch) => {
    const sums = [];
    for (const name of ['first', 'second']) {
      const folder = join(scratch, name);
      const fault = await outcome(process.execPath, ['scripts/package.mjs', `--out=${folder}`]);
      if (fault !== '') return fault;
      sums.push(readFileSync(join(folder, 'SHA256SUMS'), 'utf8'));
    }
    return sums[0] === sums[1] ? '' : sums.join('\n');
  },
};

await runScript(async () => {
  await setUp('nothing');
  const scratch = mkdtempSync(join(tmpdir(), 'postern-release-'));
  try {
    let faults = 0;
    for (const [what, check] of Object.entries(CHECKS)) {
      const fault = (await check(scratch)).trimEnd();
      console.log(`${fault === '' ? '✓' : '✗'} ${what}`);
      if (fault !== '') console.log(fault.replaceAll(/^/gm, '    '));
      faults += fault === '' ? 0 : 1;
    }
    console.log(
      faults === 0 ? `${packageVersion()} can be released` : `${packageVersion()} cannot be released yet`,
    );
    return faults === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

/**
 * What a program said that failed; nothing of one that did not.
 * @param {string} command
 * @param {readonly string[]} args
 */
async function outcome(command, args) {
  const { status, output } = await runQuietly(command, args);
  return status === 0 ? '' : output || `status ${status}`;
}
