/** One timer that is set again and again to a moment on the monotonic clock. */

import { monotonicMs } from '../base/clock.ts';

/** setTimeout counts in 31 bits; a later moment is looked at again then. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class DueTimer {
  readonly #fire: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueMs: number | undefined;

  constructor(fire: () => void) {
    this.#fire = fire;
  }

  /** undefined: not at all. */
  set(dueMs: number | undefined): void {
    if (dueMs === this.#dueMs) return;
    this.#dueMs = dueMs;
    clearTimeout(this.#timer);
    if (dueMs === undefined) return;
    // Rounded up: timers of Node may fire up to a millisecond early.
    const delayMs = Math.min(Math.max(0, Math.ceil(dueMs - monotonicMs())), MAX_DELAY_MS);
    this.#timer = setTimeout(() => {
      this.#dueMs = undefined;
      this.#fire();
    }, delayMs);
  }
}
