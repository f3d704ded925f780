/** Compression by gzip(1): Node's own zlib differs from one release to the next, and with it the bytes. */

import { execFileSync } from 'node:child_process';

/** A manual and a changelog are some kilobytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @param {Uint8Array} content */
export function gzip(content) {
  return execFileSync('gzip', ['-9n'], { input: content, maxBuffer: MOST_BYTES });
}
