/** A directory for the daemon alone (0700), with those above it. */

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * One that is there already is left as it is; what else stands there is the caller's to find. Not by Node's own
 * `recursive`: it never returns where a file system refuses new directories with ENOENT, as /proc does.
 * @throws the system's error
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
