/**
 * A packet's time on the daemon's monotonic clock, in whole milliseconds that may wrap as a 32-bit integer.
 * Packets carry wall-clock stamps: what counts is how long ago that was. A stamp that is in the future, or older than
 * any queue between kernel and process can be (the wall clock was set), counts as now. Times never step back.
 */

/** The ring holds less than this at any rate that fills it; slower traffic is read at once. */
const MAX_AGE_MS = 10_000;

export class PacketClock {
  #wallSecond = 0;
  #wallMsOfSecond = 0;
  #monotonicMs = 0;
  #last = 0;
  /** The stamp before, in whole milliseconds: in a flood hundreds have the same. */
  #stampSecond = -1;
  #stampMs = -1;

  /** Before the packets of a batch: what both clocks say now, in milliseconds. */
  set(monotonicMs: number, wallMs: number): void {
    this.#wallSecond = Math.floor(wallMs / 1000);
    this.#wallMsOfSecond = wallMs - this.#wallSecond * 1000;
    this.#monotonicMs = Math.floor(monotonicMs);
    this.#stampMs = -1;
    if (this.#monotonicMs - this.#last > MAX_AGE_MS) this.#last = this.#monotonicMs - MAX_AGE_MS;
  }

  /** @param seconds since 1970, unsigned. @param microseconds within that second */
  timeOf(seconds: number, microseconds: number): number {
    const stampMs = (microseconds / 1000) | 0;
    if (stampMs === this.#stampMs && seconds === this.#stampSecond) return this.#last | 0;
    this.#stampMs = stampMs;
    this.#stampSecond = seconds;
    const ageMs = (this.#wallSecond - seconds) * 1000 + this.#wallMsOfSecond - microseconds / 1000;
    const isSane = ageMs >= 0 && ageMs <= MAX_AGE_MS;
    const time = isSane ? Math.floor(this.#monotonicMs - ageMs) : this.#monotonicMs;
    if (time > this.#last) this.#last = time;
    return this.#last | 0;
  }

  /** For the sweep between packets: now, not before the last packet. */
  now(monotonicMs: number): number {
    const time = Math.floor(monotonicMs);
    if (time > this.#last) this.#last = time;
    return this.#last | 0;
  }
}
