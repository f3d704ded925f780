/** The two clocks. Durations and timeouts use the monotonic one; only what people or the disk see is wall time. */

/** Milliseconds since an arbitrary start, never stepping back; with a fraction. */
export function monotonicMs(): number {
  return performance.now();
}

/** Milliseconds since 1970-01-01 UTC. */
export function wallMs(): number {
  return Date.now();
}
