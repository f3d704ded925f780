/** Times as the data has them. */

/** RFC 3339 in UTC; null for what is no time or never comes. */
export function timeOrNull(ms: number | undefined): string | null {
  if (ms === undefined || !Number.isFinite(ms) || Math.abs(ms) > MAX_DATE_MS) return null;
  return new Date(ms).toISOString();
}

/** ECMA-262, 21.4.1.1. */
const MAX_DATE_MS = 8.64e15;
