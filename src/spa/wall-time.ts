/** Whether the wall clock can be believed at all. Small machines without a battery start in 1970. */

/** 2020-01-01 UTC: nothing that runs this program lived before. */
const EARLIEST_MS = 1_577_836_800_000;

export function isClockSet(nowMs: number): boolean {
  return nowMs >= EARLIEST_MS;
}
