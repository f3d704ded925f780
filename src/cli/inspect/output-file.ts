/**
 * A file that is written anew each time, as by a timer: whoever reads it meanwhile sees the old one or the new one, whole.
 * What is there and is no plain file (a pipe, /dev/null) is written into; a link is followed.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { errnoName, OpError } from '../../base/op-error.ts';

/** @param mode of a new file; one that is there keeps its own. @throws OpError */
export function writeOutput(path: string, text: string, mode: number): void {
  try {
    const there = statOf(path);
    if (there !== undefined && !there.isFile() && !there.isDirectory()) writeFileSync(path, text);
    else
      replace(
        there === undefined ? path : realpathSync(path),
        text,
        there === undefined ? mode : there.mode & 0o777,
      );
  } catch (cause) {
    throw new OpError({ op: 'write', target: path, cause });
  }
}

function replace(path: string, text: string, mode: number): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    if (errnoName(error) === 'ENOENT') return undefined;
    throw error;
  }
}
