/**
 * Keeps what the network can trigger from flooding the log: a token bucket for each class of line. Ask `allows` before
 * a line is put together; over the limit the answer costs a few sums. What was left out is told in one line a class,
 * by `summarise`, which the daemon calls every few seconds and at its end.
 */

import type { Logger } from '../base/logger.ts';

interface Limit {
  /** Lines at once, after a quiet time. */
  readonly burst: number;
  /** Lines a second in the long run. */
  readonly perSecond: number;
  /** What the lines are about, for the summary. */
  readonly about: string;
}

/** Long-run rates add up to some 30 lines a second: 250 MB a day at the very worst, under constant attack. */
export const LINE_LIMITS = {
  /** Anybody who sends one packet causes these. */
  stage: { burst: 200, perSecond: 5, about: 'stages of attempts' },
  timeout: { burst: 100, perSecond: 2, about: 'attempts that timed out' },
  spa: { burst: 50, perSecond: 1, about: 'SPA packets refused' },
  scan: { burst: 50, perSecond: 1, about: 'scans' },
  /** Takes a whole sequence. */
  match: { burst: 500, perSecond: 10, about: 'doors opened' },
  decision: { burst: 500, perSecond: 10, about: 'commands and grants' },
  /** At a start, all at once: so that the first to knock after it are told of. */
  restored: { burst: 500, perSecond: 1, about: 'grants that the journal kept' },
  output: { burst: 500, perSecond: 5, about: 'output of commands' },
  /** With -D only. */
  debug: { burst: 500, perSecond: 50, about: 'single packets' },
} as const satisfies Readonly<Record<string, Limit>>;

export type LineClass = keyof typeof LINE_LIMITS;

/** One class's token bucket. Times are taken as 32-bit integers that may wrap: other numbers are objects where they are handed on. */
export class LineBudget {
  readonly #limit: Limit;
  /** Since the last `takeSuppressed`. */
  #suppressed = 0;
  #tokens: number;
  #filledMs: number;
  /** So long after it was filled nothing is allowed. */
  #emptyForMs = 0;

  constructor(limit: Limit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledMs = nowMs | 0;
  }

  /** As RateLimit.allows: one comparison while nothing is allowed. */
  allows(nowMs: number): boolean {
    const sinceMs = ((nowMs | 0) - this.#filledMs) >>> 0;
    if (sinceMs < this.#emptyForMs || !this.#take(nowMs | 0, sinceMs)) {
      this.#suppressed++;
      return false;
    }
    return true;
  }

  /** Lines that nobody asked for, since they would have been left out. */
  leaveOut(count: number): void {
    this.#suppressed += count;
  }

  takeSuppressed(): number {
    const count = this.#suppressed;
    this.#suppressed = 0;
    return count;
  }

  #take(nowMs: number, sinceMs: number): boolean {
    const { burst, perSecond } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + (sinceMs / 1000) * perSecond);
    this.#filledMs = nowMs;
    const isThere = this.#tokens >= 1;
    if (isThere) this.#tokens--;
    this.#emptyForMs = isThere ? 0 : Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
    return isThere;
  }
}

export class RateLimit {
  readonly #budgets: ReadonlyMap<LineClass, LineBudget>;

  /** `nowMs` is monotonic, here and below. */
  constructor(nowMs: number) {
    const names = Object.keys(LINE_LIMITS) as readonly LineClass[];
    this.#budgets = new Map(names.map((name) => [name, new LineBudget(LINE_LIMITS[name], nowMs)]));
  }

  /** True: write the line, it is counted. False: it is counted as left out. */
  allows(name: LineClass, nowMs: number): boolean {
    return this.budgetOf(name).allows(nowMs);
  }

  /** For those who ask so often that finding it counts. */
  budgetOf(name: LineClass): LineBudget {
    return this.#budgets.get(name) as LineBudget;
  }

  /** Tells what was left out since the last time. */
  summarise(log: Logger): void {
    for (const [name, budget] of this.#budgets) {
      const count = budget.takeSuppressed();
      if (count === 0) continue;
      const fields = { kind: 'suppressed', reason: name, count };
      log.log('warning', `suppressed ${count} lines about ${LINE_LIMITS[name].about}`, fields);
    }
  }
}
