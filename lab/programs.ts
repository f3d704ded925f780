/**
 * The programs that tests and benchmarks start: those of this source tree, or of the directory that POSTERN_PROGRAMS names,
 * so that the same tests can judge an installed package.
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { POSTERN_PROGRAMS } = process.env;
const DIRECTORY = POSTERN_PROGRAMS ?? fileURLToPath(new URL('../../bin/', import.meta.url));

export const KNOCKD = join(DIRECTORY, 'knockd');
export const KNOCK = join(DIRECTORY, 'knock');
export const POSTERN = join(DIRECTORY, 'postern');
