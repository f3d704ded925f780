/** What can be checked without running the program. Types are checked by the build, which the set-up does. */

import { runQuietly } from './run.mjs';

/** @type {Record<string, readonly string[]>} */
const CHECKS = {
  biome: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '--colors=off'],
  knip: ['node_modules/knip/bin/knip.js'],
  publint: ['node_modules/publint/src/cli.js', '--strict'],
  'import table': ['--test', '--test-reporter=spec', 'dist/test/architecture.test.js'],
};

/**
 * Runs these checks, one line each; the details of what failed follow its line.
 * @param {readonly string[]} names keys of CHECKS
 * @returns {Promise<boolean>} whether all passed
 */
export async function runChecks(names) {
  let allPassed = true;
  for (const name of names) {
    const { status, output } = await runQuietly(process.execPath, CHECKS[name] ?? []);
    console.log(`lint: ${status === 0 ? '✓' : '✗'} ${name}`);
    if (status !== 0) console.log(output.trimEnd());
    allPassed &&= status === 0;
  }
  return allPassed;
}
