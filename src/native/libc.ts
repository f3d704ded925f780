/** The C library (glibc), for what Node has no call for. The calls themselves are declared where they are used. */

import { getSystemErrorName } from 'node:util';
import { koffi, type Library, loadLibrary } from './library.ts';
import { once } from './once.ts';

export const libc: () => Library = once(() => loadLibrary('libc.so.6', 'libc6'));

/** The name of this thread's errno, e.g. `EAGAIN`; ask at once after the call that failed. */
export function lastErrno(): string {
  return getSystemErrorName(-koffi().errno());
}
