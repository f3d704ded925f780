/** `Include = GLOB`: which files it means. */

import { posix } from 'node:path';
import type { ConfigSource } from './config-source.ts';
import type { Entry } from './entries.ts';
import type { Faults } from './faults.ts';
import { expandGlob, isGlob } from './glob.ts';
import { OPTION_KEYS } from './keys.ts';
import { pathValue } from './path-value.ts';
import { quote } from './quote.ts';

/** Sorted paths, relative to the file that includes them. A pattern may fit nothing; a plain path is given as it is. */
export function includedPaths(
  { key, value }: Entry,
  source: ConfigSource,
  faults: Faults,
): readonly string[] {
  if (value === undefined || value.text === '') {
    faults.report(value ?? key, `${quote(key.text)} needs a value`, `write '${OPTION_KEYS.Include}'`);
    return [];
  }
  const written = pathValue(value, faults);
  if (written === undefined) return [];
  const base = written.startsWith('/') ? '/' : posix.dirname(key.file);
  if (!isGlob(written)) return [shortened(`${base}/${written}`, source)];
  const found = expandGlob(written, base, source);
  if (found.ok) return found.value.map((path) => shortened(path, source));
  faults.report(value, `cannot look up ${quote(written)}: ${found.error}`);
  return [];
}

/** Without `.` and `..` where that is the same file: `link/../x` may be another one than `x`. */
function shortened(path: string, source: ConfigSource): string {
  const short = posix.normalize(path);
  return !path.includes('..') || source.isSame(path, short) ? short : path;
}
