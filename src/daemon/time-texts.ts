/** Moments as programs read them: RFC 3339, in UTC. */

import { FOREVER_MS } from '../base/duration.ts';

/** RFC 3339 has years of four digits. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/** @param wallMs milliseconds since 1970-01-01 UTC; later than the last moment counts as that */
export function timeText(wallMs: number): string {
  return new Date(Math.min(wallMs, LAST_MS)).toISOString();
}

/** null for what never ends. */
export function endText(wallMs: number): string | null {
  return wallMs >= FOREVER_MS ? null : timeText(wallMs);
}
