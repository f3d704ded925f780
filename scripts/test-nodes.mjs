/**
 * `npm run test:nodes`: the built tests on each supported line of Node, as a table. Arguments choose test files, as for
 * `npm test`; `--nodes=22,24` chooses lines. The programs come from npm packages and are kept in the user's cache folder.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runQuietly, runScript, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { testCommand } from './test-files.mjs';

const LINES = ['20', '22', '24', '26'];
const CHOICE = '--nodes=';

await runScript(async () => {
  const args = process.argv.slice(2);
  const choice = args.find((arg) => arg.startsWith(CHOICE));
  const lines = choice?.slice(CHOICE.length).split(',') ?? LINES;
  const patterns = args.filter((arg) => arg !== choice);
  await setUp('tests');
  console.log('node        tests  passed  failed  skipped  seconds');
  let allPassed = true;
  for (const line of lines) {
    const row = await testOn(await nodeOfLine(line), patterns);
    console.log(row.text);
    if (!row.passed) console.log(row.details);
    allPassed &&= row.passed;
  }
  return allPassed ? 0 : 1;
});

/**
 * @param {string} node
 * @param {readonly string[]} patterns
 */
async function testOn(node, patterns) {
  const startedAt = performance.now();
  const version = (await runQuietly(node, ['--version'])).output.trim();
  const { status, output } = await runQuietly(node, testCommand(patterns), { env: environmentFor(node) });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const count = (/** @type {string} */ word) => new RegExp(`^ℹ ${word} (\\d+)`, 'm').exec(output)?.[1] ?? '?';
  const columns = [
    count('tests').padStart(5),
    count('pass').padStart(7),
    count('fail').padStart(7),
    count('skipped').padStart(8),
    seconds.padStart(8),
  ];
  const failures = output.slice(Math.max(0, output.indexOf('✖ failing tests:')));
  return { text: `${version.padEnd(11)}${columns.join(' ')}`, passed: status === 0, details: failures };
}

/**
 * Tests start the project's programs by `#!/usr/bin/env node`: this Node must be the first in the PATH.
 * @param {string} node
 */
function environmentFor(node) {
  return { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH ?? ''}` };
}

/**
 * The program of a line's newest release: this one when it is of that line, else from the package that the npm package
 * `node` would fetch in its install script, which needs none itself.
 * @param {string} line such as `22`
 */
async function nodeOfLine(line) {
  if (process.versions.node.startsWith(`${line}.`)) return process.execPath;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'postern', `node-${line}`);
  const name = `node-linux-${process.arch}`;
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  const install = [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${name}@${line}`,
  ];
  const { status, output } = await runQuietly('npm', install, { cwd: folder });
  if (status !== 0) throw new StepError(`cannot get Node ${line}`, { details: output });
  return node;
}
