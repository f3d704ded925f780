/** Memory that the C library keeps although it is free. */

import { libc } from './libc.ts';

/** Gives it back to the system (malloc_trim(3)): what was needed for a while, as at the start, is needed no more. */
export function trimMemory(): void {
  libc().func<(keepBytes: number) => number>('int malloc_trim(size_t)')(0);
}
