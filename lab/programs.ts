/**
 * The programs that tests, benchmarks and the demo start: those of this source tree, or of the directory that POSTERN_PROGRAMS
 * names, so that the same tests can judge an installed package. They are started as a user starts them, by their own first line.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a program can lie in such a directory: beside the others, or as a package puts it. */
const FOLDERS = ['', 'bin', 'sbin', 'usr/bin', 'usr/sbin'];

const { POSTERN_PROGRAMS } = process.env;

export const KNOCKD = programOf('knockd');
export const KNOCK = programOf('knock');
export const POSTERN = programOf('postern');

function programOf(name: string): string {
  if (POSTERN_PROGRAMS === undefined) return fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
  const places = FOLDERS.map((folder) => join(POSTERN_PROGRAMS, folder, name));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no program '${name}' in POSTERN_PROGRAMS='${POSTERN_PROGRAMS}'`);
  return found;
}
