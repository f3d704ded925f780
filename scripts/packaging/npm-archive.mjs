/** Archives of the npm registry, pinned by version and hash, kept in the user's cache folder. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runQuietly, StepError } from '../run.mjs';

/** @typedef {{ name: string, version: string, integrity: string }} Pin */

/**
 * The path of an archive whose content has the pinned hash.
 * @param {Pin} pin
 * @returns {Promise<string>}
 */
export async function npmArchive(pin) {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'postern', 'packages');
  mkdirSync(cache, { recursive: true });
  const kept = join(cache, `${pin.name.replace('@', '').replace('/', '-')}-${pin.version}.tgz`);
  if (existsSync(kept) && integrityOf(kept) === pin.integrity) return kept;
  const fresh = mkdtempSync(join(cache, 'fetch-')); // two builds at once do not see half a file
  try {
    const wanted = `${pin.name}@${pin.version}`;
    const { status, output } = await runQuietly('npm', [
      'pack',
      wanted,
      '--silent',
      '--pack-destination',
      fresh,
    ]);
    if (status !== 0) throw new StepError(`cannot get ${wanted} from the npm registry`, { details: output });
    const archive = join(fresh, output.trim().split('\n').at(-1) ?? '');
    const found = integrityOf(archive);
    if (found !== pin.integrity)
      throw new StepError(`${wanted} is not what was pinned`, {
        details: `pinned ${pin.integrity}\nfound  ${found}`,
      });
    renameSync(archive, kept);
    return kept;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Some of an archive's files, into a folder; their paths begin with `package/`.
 * @param {string} archive
 * @param {string} folder
 * @param {readonly string[]} members
 */
export async function extract(archive, folder, members) {
  mkdirSync(folder, { recursive: true });
  const { status, output } = await runQuietly('tar', ['-xzf', archive, '-C', folder, ...members]);
  if (status !== 0) throw new StepError(`cannot unpack '${archive}'`, { details: output });
}

/** @param {string} file */
function integrityOf(file) {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}
