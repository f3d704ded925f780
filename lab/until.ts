/** Waiting for a condition by polling, so that no test sleeps for a fixed time. */

import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;
const DEFAULT_TIMEOUT_MS = 10_000;

export interface UntilOptions {
  /** Default 10,000; generous, since only a failure waits so long. */
  readonly timeoutMs?: number;
  /** What is waited for, as the error names it. A function is asked at the time-out. */
  readonly what?: string | (() => string);
}

/** The first value of `condition` that is not undefined, null or false. Throws when the time is up. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = DEFAULT_TIMEOUT_MS, what = 'the condition' }: UntilOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waited ${timeoutMs} ms in vain for ${typeof what === 'string' ? what : what()}`);
    }
    await delay(POLL_MS);
  }
}
