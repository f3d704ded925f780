/** Which processor cores the load and the daemons get: different ones where this process may use two. */

import { readFileSync } from 'node:fs';

export interface Cores {
  readonly load: number;
  readonly daemon: number;
}

export function chooseCores(allowed: readonly number[]): Cores {
  const [load = 0, daemon = load] = allowed;
  return { load, daemon };
}

/** Not all that the machine has: a container may be kept to some. */
export function allowedCores(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  return parseCoreList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0');
}

/** `0-2,5` as the kernel writes it (cpuset(7), "List format"). */
export function parseCoreList(text: string): readonly number[] {
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
