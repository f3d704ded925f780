/**
 * `npm run test:installed DIRECTORY`: the tests that start programs, with those of a directory in place of the source tree's: an
 * unpacked package, or a directory that holds `knockd`, `knock` and `postern` itself. Patterns for paths may follow.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { runScript, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { runTests } from './test-files.mjs';

/** Where the tests are that start them. */
const PATTERNS = ['test/netns/', 'test/peers/', 'test/service/', 'src/cli/'];

await runScript(async () => {
  const [directory, ...patterns] = process.argv.slice(2);
  if (directory === undefined || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StepError(`expected a directory with programs, not '${directory ?? ''}'`, {
      hint: 'npm run test:installed DIRECTORY [PATTERN...]',
    });
  }
  await setUp('tests');
  process.env.POSTERN_PROGRAMS = resolve(directory);
  return runTests(patterns.length === 0 ? PATTERNS : patterns);
});
