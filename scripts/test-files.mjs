/** The compiled test files, and Node's test runner over them. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { filesBelow } from './compile.mjs';
import { ROOT } from './root.mjs';
import { runInFront, StepError } from './run.mjs';

/** Files at a time: the namespace tests start daemons and scanners, and two at once fill a small machine. */
const CONCURRENCY = 2;

/** One hanging test must not stop the rest; the longest take a small part of this. */
const TIMEOUT_MS = 300_000;

/** Unit tests share processes, since to start one takes longer than most of them. Enough that none of them is long. */
const GROUPS = 24;

/** What needs a process for itself: it enters a lab, ends a process, or looks at what V8 has compiled or how much memory is used. */
const ALONE = /enterLab|\.crash\.test|setFlagsFromString|memoryUsage/;

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
  const files = filesBelow(join(ROOT, 'dist'), '.test.js').map((file) => relative(ROOT, file));
  if (patterns.length === 0) return grouped(files);
  const chosen = files.filter((file) => patterns.some((p) => file.includes(p)));
  if (chosen.length > 0) return chosen;
  throw new StepError(`no test file's path contains '${patterns.join("' or '")}'`);
}

/**
 * Those of the unit tests that can be together, in modules that import them; the others as they are. The runner begins them
 * in the order of their names: these come last, and none of the long ones is left to run alone in the end.
 * @param {readonly string[]} files
 */
function grouped(files) {
  const folder = join('dist', 'units');
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  mkdirSync(join(ROOT, folder), { recursive: true });
  const together = files.filter((file) => file.startsWith(join('dist', 'src')) && !isAlone(file));
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const imports = together
      .filter((_, index) => index % GROUPS === group)
      .map((file) => `import '${relative(folder, file)}';\n`);
    const module = join(folder, `units-${group + 1}.js`);
    writeFileSync(join(ROOT, module), imports.join(''));
    return module;
  });
  return [...files.filter((file) => !together.includes(file)), ...groups];
}

/** @param {string} file */
function isAlone(file) {
  return ALONE.test(basename(file)) || ALONE.test(readFileSync(join(ROOT, file), 'utf8'));
}
