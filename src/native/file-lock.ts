/** Whole-file locks (flock(2)): they end with the process, so none is ever stale. */

import { OpError } from '../base/op-error.ts';
import { lastErrno, libc } from './libc.ts';
import { once } from './once.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

const flock = once(() => libc().func<(fd: number, operation: number) => number>('int flock(int, int)'));

/**
 * Takes the lock for as long as `fd` stays open, or gives false at once when another open file holds it.
 * A child process that inherits `fd` holds it too.
 * @throws OpError for anything but a lock that is held
 */
export function tryLockFile(fd: number): boolean {
  if (flock()(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const code = lastErrno();
  if (code === 'EAGAIN') return false;
  throw new OpError({ op: 'lock the file descriptor', target: `${fd}`, code });
}
