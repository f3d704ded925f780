/** The compiled test files, and Node's test runner over them. */

import { join, relative } from 'node:path';
import { filesBelow } from './compile.mjs';
import { ROOT } from './root.mjs';
import { runInFront, StepError } from './run.mjs';

/** Files at a time: the namespace tests start daemons and scanners, and two at once fill a small machine. */
const CONCURRENCY = 2;

/** One hanging test must not stop the rest; the longest take a small part of this. */
const TIMEOUT_MS = 300_000;

/**
 * Runs on this terminal.
 * @param {readonly string[]} args patterns for paths, and options for the test runner
 * @returns {Promise<number>} the runner's exit status
 */
export function runTests(args) {
  return runInFront(process.execPath, testCommand(args));
}

/**
 * Node's arguments that run the tests.
 * @param {readonly string[]} args patterns for paths, and options for the test runner
 */
export function testCommand(args) {
  const options = args.filter((arg) => arg.startsWith('--'));
  const patterns = args.filter((arg) => !arg.startsWith('--'));
  return [
    ...[
      '--test',
      '--test-reporter=spec',
      `--test-concurrency=${CONCURRENCY}`,
      `--test-timeout=${TIMEOUT_MS}`,
    ],
    ...options,
    ...testFiles(patterns),
  ];
}

/**
 * Paths below dist/; those that contain one of the patterns, all when there is none.
 * @param {readonly string[]} patterns
 */
function testFiles(patterns) {
  const files = filesBelow(join(ROOT, 'dist'), '.test.js')
    .map((file) => relative(ROOT, file))
    .sort()
    // The long ones lie in test/: begun first, none of them is left to run alone in the end.
    .reverse();
  const chosen = files.filter((file) => patterns.length === 0 || patterns.some((p) => file.includes(p)));
  if (chosen.length > 0) return chosen;
  throw new StepError(`no test file's path contains '${patterns.join("' or '")}'`);
}
