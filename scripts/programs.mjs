/**
 * The three programs as they are started, dist/programs: what the compiler wrote, each put together in one file by esbuild. Loading
 * hundreds of modules one by one takes a daemon longer than all else that it does at its start, and CommonJS starts sooner than
 * modules do. Nothing is renamed or shortened.
 */

import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './compile.mjs';
import { ROOT } from './root.mjs';
import { StepError } from './run.mjs';

export const PROGRAMS = join(ROOT, 'dist/programs');

const COMPILED = join(ROOT, 'dist/src');
const NAMES = ['knock', 'knockd', 'postern'];

/** @param {{ force?: boolean }} [options] */
export async function makePrograms({ force = false } = {}) {
  if (!force && !isOlder()) return;
  // Only now: where it is not installed yet, the steps before this one say so.
  const { build } = await import('esbuild');
  rmSync(PROGRAMS, { recursive: true, force: true });
  const { errors } = await build({
    absWorkingDir: ROOT,
    entryPoints: NAMES.map((name) => join(COMPILED, `cli/${name}.js`)),
    outdir: PROGRAMS,
    // As deep as the compiled files: they find the package's root from where they are.
    outbase: COMPILED,
    outExtension: { '.js': '.cjs' },
    ...{ bundle: true, format: 'cjs', platform: 'node', target: 'node20.19' },
    // It loads its binary by itself.
    external: ['koffi'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    // Constants of other modules become numbers, as V8 has it with modules.
    minifySyntax: true,
    legalComments: 'eof',
    logLevel: 'silent',
  }).catch((/** @type {import('esbuild').BuildFailure} */ error) => error);
  if (errors.length > 0)
    throw new StepError('esbuild found errors', { details: errors.map(({ text }) => text).join('\n') });
}

function isOlder() {
  const made = NAMES.map((name) => join(PROGRAMS, `cli/${name}.cjs`));
  if (!made.every((file) => existsSync(file))) return true;
  const madeAt = Math.min(...made.map((file) => statSync(file).mtimeMs));
  return filesBelow(COMPILED, '.js').some((file) => statSync(file).mtimeMs > madeAt);
}
