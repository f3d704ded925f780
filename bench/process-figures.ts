/** What the kernel tells of a process: its processor time and memory. */

import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../lab/until.ts';

/** Processor time below this between two looks is idling: timers and the like. */
const IDLE_MS = 5;
/** Looks in a row without work; until() looks every 5 ms. */
const IDLE_LOOKS = 40;

/** Time on a processor of all threads that live, user and system, from the scheduler's own count (nanoseconds). */
export function cpuMs(pid: number): number {
  let sumNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ranNs = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    sumNs += Number(ranNs);
  }
  return sumNs / 1e6;
}

export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** Resolves when a process has used next to no time for a while: it has handled what waited. */
export async function untilIdle(pid: number): Promise<void> {
  let last = cpuMs(pid);
  let quiet = 0;
  await until(
    () => {
      const now = cpuMs(pid);
      quiet = now - last > IDLE_MS ? 0 : quiet + 1;
      last = now;
      return quiet > IDLE_LOOKS;
    },
    { timeoutMs: 30_000, what: 'the process to be idle' },
  );
}
