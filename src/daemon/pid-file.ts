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
    writeNumber(this.#fd, pid);
  }

  remove(): void {
    rmSync(this.path, { force: true });
    closeSync(this.#fd);
  }
}

/**
 * A lock on a file that nobody removes, with the same number in it: for as long as the process lives.
 * @param otherwise what else than to stop the other daemon, or to become root, one can do
 * @throws OpError when another one has it
 */
export function lockFile(path: string, pid: number, otherwise: string): void {
  const fd = openFile(path, 'lock', `run as root, or ${otherwise}`);
  if (!tryLockFile(fd)) throw isTaken(fd, path, { op: 'lock', otherwise });
  writeNumber(fd, pid);
}

function openLocked(path: string): number {
  const otherwise = 'name another file with -p';
  const fd = openFile(path, 'write the pid file', `run as root, or ${otherwise}`);
  if (!tryLockFile(fd)) throw isTaken(fd, path, { op: 'take the pid file', otherwise });
  return fd;
}

function isTaken(fd: number, path: string, { op, otherwise }: { op: string; otherwise: string }): OpError {
  closeSync(fd);
  const pid = readFileSync(path, 'utf8').trim();
  const cause = new Error(`the daemon with process id ${pid} is running`);
  return new OpError({ op, target: path, cause, hint: `stop that one first, or ${otherwise}` });
}

function openFile(path: string, op: string, hint: string): number {
  try {
    // Not truncated: until it is locked the file may be another daemon's.
    return openSync(path, 'a+', FILE_MODE);
  } catch (cause) {
    throw new OpError({ op, target: path, cause, hint });
  }
}

function writeNumber(fd: number, pid: number): void {
  ftruncateSync(fd);
  writeSync(fd, `${pid}\n`);
}
