/**
 * The pid file: one number and a newline, locked (flock(2)) while the daemon lives, so that a second daemon is told
 * apart from a file that a crash left behind.
 */

import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { OpError } from '../base/op-error.ts';
import { tryLockFile } from '../native/file-lock.ts';

const FILE_MODE = 0o644;

export class PidFile {
  readonly path: string;
  readonly #fd: number;

  /** @throws OpError when another daemon holds it, or it cannot be written */
  constructor(path: string, pid: number) {
    this.path = path;
    this.#fd = openLocked(path);
    ftruncateSync(this.#fd);
    writeSync(this.#fd, `${pid}\n`);
  }

  remove(): void {
    rmSync(this.path, { force: true });
    closeSync(this.#fd);
  }
}

/** A lock on a file that nobody removes: for as long as the process lives. @throws OpError when another one has it */
export function lockFile(path: string, hint: string): void {
  const fd = openFile(path, 'lock');
  if (tryLockFile(fd)) return;
  closeSync(fd);
  throw new OpError({ op: 'lock', target: path, cause: new Error('another daemon uses it'), hint });
}

function openLocked(path: string): number {
  const fd = openFile(path, 'write the pid file');
  if (tryLockFile(fd)) return fd;
  closeSync(fd);
  const pid = readFileSync(path, 'utf8').trim();
  const cause = new Error(`the daemon with process id ${pid} is running`);
  const hint = 'stop that one first, or name another file with -p';
  throw new OpError({ op: 'take the pid file', target: path, cause, hint });
}

function openFile(path: string, op: string): number {
  try {
    // Not truncated: until it is locked the file may be another daemon's.
    return openSync(path, 'a+', FILE_MODE);
  } catch (cause) {
    throw new OpError({ op, target: path, cause });
  }
}
