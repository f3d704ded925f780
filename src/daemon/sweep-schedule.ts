/** When the matcher's attempts must be looked through for those that are too old. Pure: the caller owns the timer. */

/** Between two pieces of a pass, and between two passes over a small table. */
const MIN_GAP_MS = 2;
/** Between two passes over a big table: the lines come at most so late. */
const BIG_TABLE = 10_000;
const MIN_GAP_BIG_MS = 250;
/** A flood's table: four passes a second would take a sixth of its processor time, for lines that the log leaves out. */
const HUGE_TABLE = 100_000;
const MIN_GAP_HUGE_MS = 1000;

export class SweepSchedule {
  readonly #shortestMs: number;
  #dueMs: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param shortestTimeoutMs of all doors: no attempt that begins now is over before it */
  constructor(shortestTimeoutMs: number) {
    this.#shortestMs = shortestTimeoutMs;
  }

  /** In monotonic milliseconds; undefined: nothing to wait for. */
  get dueMs(): number | undefined {
    return this.#dueMs;
  }

  /** Packets were judged. True when `dueMs` has changed. */
  packetsTaken(liveAttempts: number, nowMs: number): boolean {
    if (liveAttempts === 0) return false;
    const due = this.#notTooSoon(nowMs + this.#shortestMs, liveAttempts);
    if (this.#dueMs !== undefined && this.#dueMs <= due) return false;
    this.#dueMs = due;
    return true;
  }

  /** @param nextInMs the matcher's answer: 0 when its pass goes on, -1 when no attempt is left */
  swept(nextInMs: number, liveAttempts: number, nowMs: number): void {
    this.#lastMs = nowMs;
    this.#dueMs = nextInMs < 0 ? undefined : this.#next(nowMs, nextInMs, liveAttempts);
  }

  #next(nowMs: number, inMs: number, liveAttempts: number): number {
    return inMs === 0 ? nowMs + MIN_GAP_MS : this.#notTooSoon(nowMs + inMs, liveAttempts);
  }

  #notTooSoon(dueMs: number, liveAttempts: number): number {
    return Math.max(dueMs, this.#lastMs + leastGapMs(liveAttempts));
  }
}

function leastGapMs(liveAttempts: number): number {
  if (liveAttempts > HUGE_TABLE) return MIN_GAP_HUGE_MS;
  return liveAttempts > BIG_TABLE ? MIN_GAP_BIG_MS : MIN_GAP_MS;
}
