/** What to do when a file of the daemon's own cannot be written or replaced. */

import { errnoName } from './op-error.ts';

/** errno(3). */
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'StateDir needs some space',
  EDQUOT: 'StateDir needs some space: a quota is used up',
  EROFS: 'StateDir must not be on a file system that is read-only',
  EACCES: 'the daemon needs the right to write in StateDir',
  EPERM: 'the daemon needs the right to write in StateDir',
  EBUSY: 'the file is replaced by another: mount the directory StateDir, not the file',
  EIO: "the disk fails: look at the kernel's log",
};

/** Undefined where the system's own word is all there is. */
export function writeHint(cause: unknown): string | undefined {
  return HINTS[errnoName(cause) ?? ''];
}
