/** Completions of the three programs for bash, zsh and fish, from their `--help` to dist/completions/. */

import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow } from './compile.mjs';
import { bashCompletion } from './completions/bash.mjs';
import { fishCompletion } from './completions/fish.mjs';
import { programs } from './completions/model.mjs';
import { zshCompletion } from './completions/zsh.mjs';
import { ROOT } from './root.mjs';

const FOLDER = join(ROOT, 'dist/completions');

/** Named as each shell looks for them. */
const SHELLS = [
  { file: (/** @type {string} */ name) => `bash/${name}`, make: bashCompletion },
  { file: (/** @type {string} */ name) => `zsh/_${name}`, make: zshCompletion },
  { file: (/** @type {string} */ name) => `fish/${name}.fish`, make: fishCompletion },
];

/** After the compiler. @param {{ force?: boolean }} [options] without `force` only when a program is newer than they are */
export async function makeCompletions({ force = false } = {}) {
  if (!force && !isStale()) return;
  rmSync(FOLDER, { recursive: true, force: true });
  for (const program of await programs()) {
    for (const { file, make } of SHELLS) {
      const path = join(FOLDER, file(program.name));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, make(program));
    }
  }
}

function isStale() {
  if (!existsSync(FOLDER)) return true;
  const sources = [
    ...filesBelow(join(ROOT, 'scripts/completions'), '.mjs'),
    ...filesBelow(join(ROOT, 'dist/src'), '.js'),
  ];
  const newest = Math.max(...sources.map(timeOf));
  return filesBelow(FOLDER, '').some((file) => timeOf(file) < newest);
}

/** @param {string} file */
function timeOf(file) {
  return statSync(file).mtimeMs;
}
