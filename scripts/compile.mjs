/** TypeScript to dist/, when a source is newer than the last build; what has lost its source leaves dist/. */

import { existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './root.mjs';
import { runQuietly, StepError } from './run.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.built');
const BUILD_INFO = join(DIST, '.tsbuildinfo');
const SOURCE_FOLDERS = ['src', 'lab', 'demo', 'test', 'bench'];
const ALSO_DECISIVE = ['tsconfig.json', 'package-lock.json'];

/**
 * @param {(line: string) => void} tell
 * @param {{ force?: boolean }} [options]
 */
export async function compile(tell, { force = false } = {}) {
  const startedAt = new Date();
  const sources = SOURCE_FOLDERS.flatMap((folder) => filesBelow(join(ROOT, folder), '.ts'));
  const missing = sources.filter((source) => !existsSync(outputOf(source)));
  const strays = SOURCE_FOLDERS.flatMap((folder) => filesBelow(join(DIST, folder), '.js')).filter(
    (output) => !existsSync(sourceOf(output)),
  );
  for (const stray of strays) rmSync(stray);
  if (!force && missing.length === 0 && strays.length === 0 && !isNewer(sources)) return;
  tell('compiling');
  // The compiler trusts its notes about what it has written; they are wrong when a file was deleted.
  if (missing.length > 0) rmSync(BUILD_INFO, { force: true });
  const { status, output } = await runQuietly(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    '.',
  ]);
  if (status !== 0) throw new StepError('the TypeScript compiler found errors', { details: output });
  writeFileSync(STAMP, '');
  utimesSync(STAMP, startedAt, startedAt); // a file saved while the compiler ran counts as newer
}

/** @param {readonly string[]} sources */
function isNewer(sources) {
  if (!existsSync(STAMP)) return true;
  const builtAt = statSync(STAMP).mtimeMs;
  const decisive = [...sources, ...ALSO_DECISIVE.map((file) => join(ROOT, file))];
  return decisive.some((file) => statSync(file).mtimeMs >= builtAt);
}

/**
 * @param {string} folder
 * @param {string} ending
 * @returns {string[]}
 */
export function filesBelow(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** @param {string} source */
function outputOf(source) {
  return join(DIST, relative(ROOT, source)).replace(/\.ts$/, '.js');
}

/** @param {string} output */
function sourceOf(output) {
  return join(ROOT, relative(DIST, output)).replace(/\.js$/, '.ts');
}
