/** One instant on both clocks: timeouts count on the monotonic one, the disk and people see the wall clock. */
export interface Moment {
  readonly monotonicMs: number;
  /** Since 1970-01-01 UTC. */
  readonly wallMs: number;
}
