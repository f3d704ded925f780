/**
 * `npm run package`: Debian packages and archives for each architecture, from this source, in dist/packages/. The same source
 * gives the same bytes. `--arch=amd64` and `--only=postern,postern-bundled,tarball` choose; `--out=DIR` puts them elsewhere.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, architectureNamed } from './packaging/architecture.mjs';
import { KINDS, makeDeb } from './packaging/deb.mjs';
import { currentRelease } from './packaging/release.mjs';
import { makeTarball } from './packaging/tarball.mjs';
import { ROOT } from './root.mjs';
import { runScript, StepError } from './run.mjs';
import { setUp } from './setup.mjs';
import { isProgram } from './system-parts.mjs';

const OPTIONS = /** @type {const} */ ({
  arch: { type: 'string', default: ARCHITECTURES.map(({ debian }) => debian).join(',') },
  only: { type: 'string', default: [...KINDS.map(({ name }) => name), 'tarball'].join(',') },
  out: { type: 'string', default: join(ROOT, 'dist/packages') },
});

const TOOLS = ['dpkg-deb', 'tar', 'gzip'];

await runScript(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  const architectures = values.arch.split(',').map(architectureNamed);
  const makers = values.only.split(',').map(makerNamed);
  const missing = TOOLS.filter((tool) => !isProgram(tool));
  if (missing.length > 0) throw new StepError(`missing on this system: ${missing.join(', ')}`);
  await setUp('nothing');
  const release = await currentRelease();
  const folder = resolve(process.env.INIT_CWD ?? ROOT, values.out);
  mkdirSync(folder, { recursive: true });
  const made = [];
  for (const architecture of architectures) {
    for (const make of makers)
      made.push(await inScratch((scratch) => make({ release, architecture, scratch, tell }, folder)));
  }
  for (const file of made) console.log(`${(statSync(file).size / 1e6).toFixed(2).padStart(6)} MB  ${file}`);
  writeFileSync(join(folder, 'SHA256SUMS'), made.map(sumLine).sort().join(''));
  return 0;
});

/**
 * @param {string} name
 * @returns {(work: import('./packaging/deb.mjs').Work, folder: string) => Promise<string>}
 */
function makerNamed(name) {
  if (name === 'tarball') return makeTarball;
  const kind = KINDS.find((known) => known.name === name);
  if (kind === undefined)
    throw new StepError(`there is no package '${name}'`, { hint: `there are ${OPTIONS.only.default}` });
  return (work, folder) => makeDeb(kind, work, folder);
}

/**
 * @template T
 * @param {(scratch: string) => Promise<T>} work
 */
async function inScratch(work) {
  const scratch = mkdtempSync(join(tmpdir(), 'postern-package-'));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} file */
function sumLine(file) {
  return `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`;
}

/** @param {string} line */
function tell(line) {
  console.error(`package: ${line}`);
}
