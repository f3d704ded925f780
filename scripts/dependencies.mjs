/** The locked npm dependencies: compares what npm installed with package-lock.json, and installs anew if they differ. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { runQuietly, StepError } from './run.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/** @param {(line: string) => void} tell */
export async function installDependencies(tell) {
  if (isInstalled()) return;
  tell('installing the npm dependencies');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, output } = await runQuietly('npm', args);
  if (status !== 0) throw new StepError('npm ci failed', { details: output });
}

/** Whether node_modules holds what the lock file says; what is optional (other platforms) may be missing. */
function isInstalled() {
  const locked = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (locked === undefined || installed === undefined) return false;
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    if (found === undefined && wanted.optional !== true) return false;
    if (found !== undefined && (found.version !== wanted.version || found.integrity !== wanted.integrity)) {
      return false;
    }
  }
  return Object.keys(installed).every((path) => path in locked);
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
