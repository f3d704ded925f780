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
  output: { burst: 500, perSecond: 5, about: 'output of commands' },
  /** With -D only. */
  debug: { burst: 500, perSecond: 50, about: 'single packets' },
} as const satisfies Readonly<Record<string, Limit>>;

export type LineClass = keyof typeof LINE_LIMITS;

interface Bucket {
  readonly limit: Limit;
  tokens: number;
  filledMs: number;
  suppressed: number;
}

export class RateLimit {
  readonly #buckets: Readonly<Record<LineClass, Bucket>>;

  /** `nowMs` is monotonic, here and below. */
  constructor(nowMs: number) {
    const bucket = (name: LineClass): Bucket => {
      const limit = LINE_LIMITS[name];
      return { limit, tokens: limit.burst, filledMs: nowMs, suppressed: 0 };
    };
    this.#buckets = {
      stage: bucket('stage'),
      timeout: bucket('timeout'),
      spa: bucket('spa'),
      scan: bucket('scan'),
      match: bucket('match'),
      decision: bucket('decision'),
      output: bucket('output'),
      debug: bucket('debug'),
    };
  }

  /** True: write the line, it is counted. False: it is counted as left out. */
  allows(name: LineClass, nowMs: number): boolean {
    const bucket = this.#buckets[name];
    const { burst, perSecond } = bucket.limit;
    const gained = ((nowMs - bucket.filledMs) / 1000) * perSecond;
    bucket.filledMs = nowMs;
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    if (bucket.tokens < 1) {
      bucket.suppressed++;
      return false;
    }
    bucket.tokens--;
    return true;
  }

  /** Tells what was left out since the last time. */
  summarise(log: Logger): void {
    for (const bucket of Object.values(this.#buckets)) {
      if (bucket.suppressed === 0) continue;
      log.log('warning', `suppressed ${bucket.suppressed} lines about ${bucket.limit.about}`);
      bucket.suppressed = 0;
    }
  }
}
