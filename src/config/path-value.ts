/** Paths of files and directories, as text: nothing here looks at the disk. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { isPlainValue } from './plain-text.ts';
import { quote } from './quote.ts';

/** PATH_MAX of Linux, which counts the closing NUL. */
const MAX_PATH_BYTES = 4095;

/** sun_path of unix(7), which counts the closing NUL. */
const MAX_SOCKET_PATH_BYTES = 107;

export function pathValue(value: Piece, faults: Faults): string | undefined {
  if (!isPlainValue(value, faults)) return undefined;
  if (Buffer.byteLength(value.text) > MAX_PATH_BYTES) {
    faults.report(value, 'the path is too long', `a path has at most ${MAX_PATH_BYTES} bytes`);
    return undefined;
  }
  if (/^(["']).*\1$/.test(value.text)) {
    faults.report(value, `${quote(value.text)} has quotes`, 'write the path without quotes');
    return undefined;
  }
  return value.text;
}

export function absolutePathValue(value: Piece, faults: Faults): string | undefined {
  const path = pathValue(value, faults);
  if (path === undefined || path.startsWith('/')) return path;
  faults.report(value, `${quote(path)} is not absolute`, "begin the path with '/'");
  return undefined;
}

export function socketPathValue(value: Piece, faults: Faults): string | undefined {
  const path = absolutePathValue(value, faults);
  if (path === undefined || Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  const hint = `the path of a socket has at most ${MAX_SOCKET_PATH_BYTES} bytes`;
  faults.report(value, `${quote(path)} is too long`, hint);
  return undefined;
}
