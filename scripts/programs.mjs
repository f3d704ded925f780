/**
 * The three programs as they are started, dist/programs: what the compiler wrote, put together by esbuild. Loading hundreds of
 * modules one by one takes a daemon longer than all else that it does at its start, and CommonJS starts sooner than modules do.
 * The daemon is one file; `knock` and `postern` have a part for each command, so that none reads the others. Nothing is renamed or
 * shortened.
 */

import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './compile.mjs';
import { ROOT } from './root.mjs';
import { StepError } from './run.mjs';

export const PROGRAMS = join(ROOT, 'dist/programs');

const COMPILED = join(ROOT, 'dist/src');
const NAMES = ['knock', 'knockd', 'postern'];

/** @satisfies {import('esbuild').BuildOptions} */
const TOGETHER = /** @type {const} */ ({
  absWorkingDir: ROOT,
  outdir: PROGRAMS,
  // As deep as the compiled files: they find the package's root from where they are.
  outbase: COMPILED,
  chunkNames: 'cli/[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  ...{ bundle: true, write: false, platform: 'node', target: 'node20.19' },
  // It loads its binary by itself.
  external: ['koffi'],
  // Constants of other modules become numbers, as V8 has it with modules.
  minifySyntax: true,
  legalComments: 'eof',
  logLevel: 'silent',
});

/** @satisfies {import('esbuild').TransformOptions} */
const AS_COMMONJS = /** @type {const} */ ({
  ...{ format: 'cjs', platform: 'node', target: 'node20.19' },
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'importMetaUrl' },
  logLevel: 'silent',
});

const IMPORT_META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** @param {{ force?: boolean }} [options] */
export async function makePrograms({ force = false } = {}) {
  if (!force && !isOlder()) return;
  const files = [...(await together(['knockd'], false)), ...(await together(['knock', 'postern'], true))];
  rmSync(PROGRAMS, { recursive: true, force: true });
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/**
 * @param {readonly string[]} names
 * @param {boolean} splitting what several need, and what is loaded on demand, in files of its own
 * @returns {Promise<readonly { path: string, text: string }[]>}
 */
async function together(names, splitting) {
  // Only now: where it is not installed yet, the steps before this one say so.
  const { build, transform } = await import('esbuild');
  const entryPoints = names.map((name) => join(COMPILED, `cli/${name}.js`));
  const asCommonJs = async (/** @type {import('esbuild').OutputFile} */ { path, text }) => {
    const banner = text.includes('import.meta.url') ? IMPORT_META_URL : '';
    return { path, text: (await transform(text, { ...AS_COMMONJS, banner })).code };
  };
  try {
    const { outputFiles } = await build({ ...TOGETHER, entryPoints, splitting, format: 'esm' });
    return await Promise.all(outputFiles.map(asCommonJs));
  } catch (error) {
    throw new StepError('esbuild found errors', { details: `${error}` });
  }
}

function isOlder() {
  const made = NAMES.map((name) => join(PROGRAMS, `cli/${name}.cjs`));
  if (!made.every((file) => existsSync(file))) return true;
  const madeAt = Math.min(...made.map((file) => statSync(file).mtimeMs));
  const decisive = [
    ...filesBelow(COMPILED, '.js'),
    join(ROOT, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ];
  return decisive.some((file) => statSync(file).mtimeMs > madeAt);
}
