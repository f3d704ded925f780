/** Sums of kernel counters that wrap at 2^32 and start again at 0 with every capture that is opened. */

import type { CaptureStats } from '../native/live-capture.ts';

const NOTHING: CaptureStats = { received: 0, dropped: 0 };

export class PacketTotals {
  #before = NOTHING;
  #sum = NOTHING;

  /** Never less than at the last call. Wants to hear of the counters at least once per 2^32 packets. */
  update(now: CaptureStats): CaptureStats {
    this.#sum = {
      received: this.#sum.received + ((now.received - this.#before.received) >>> 0),
      dropped: this.#sum.dropped + ((now.dropped - this.#before.dropped) >>> 0),
    };
    this.#before = now;
    return this.#sum;
  }

  /** The counters start at 0 now. */
  restart(): void {
    this.#before = NOTHING;
  }

  get sum(): CaptureStats {
    return this.#sum;
  }
}
