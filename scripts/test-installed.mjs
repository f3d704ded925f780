/**
 * `npm run test:installed DIRECTORY`: the tests that start programs, with those of a directory in place of the source tree's: an
 * unpacked package, or a directory that holds `knockd`, `knock` and `postern` itself. Patterns for paths may follow.
 */

import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInFront, runScript, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { testCommand } from './test-files.mjs';

/** Where the tests are that start them. */
const PATTERNS = ['test/netns/', 'test/peers/', 'test/service/', 'src/cli/'];

/** Of a package. */
const LIBRARY = 'usr/lib/postern';

await runScript(async () => {
  const [directory, ...patterns] = process.argv.slice(2);
  if (directory === undefined || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StepError(`expected a directory with programs, not '${directory ?? ''}'`, {
      hint: 'npm run test:installed DIRECTORY [PATTERN...]',
    });
  }
  await setUp('tests');
  const programs = resolve(directory);
  const command = [process.execPath, ...testCommand(patterns.length === 0 ? PATTERNS : patterns)];
  const [file = '', ...args] = existsSync(join(programs, LIBRARY)) ? inItsPlace(programs, command) : command;
  return runInFront(file, args, { env: { ...process.env, POSTERN_PROGRAMS: programs } });
});

/**
 * Programs of a package know their own place: it is laid over the machine's, in a mount namespace of the tests' own.
 * @param {string} programs
 * @param {readonly string[]} command
 */
function inItsPlace(programs, command) {
  const lay = 'mount -t overlay overlay -o "lowerdir=$1/usr/lib:/usr/lib" /usr/lib && shift && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', lay, 'sh', programs, ...command];
}
