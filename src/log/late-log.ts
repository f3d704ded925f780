/**
 * Hands lines on some milliseconds late, in their order, so that what they tell of is done first: the lines of a knock take a
 * quarter of a millisecond.
 */

import type { LogFields, Logger, LogLevel } from '../base/logger.ts';

/** Longer than a rule or a short command takes, and too short for anybody who reads. */
const LATE_MS = 20;

/** Lines that wait; the next one takes them all along at once. */
const MAX_WAITING = 256;

type Line = readonly [level: LogLevel, message: string, fields: LogFields | undefined];

export class LateLog implements Logger {
  readonly #sink: Logger;
  #lines: Line[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  constructor(sink: Logger) {
    this.#sink = sink;
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#lines.push([level, message, fields]);
    if (this.#lines.length > MAX_WAITING) this.flush();
    else if (!this.#isDue) this.#setTimer();
  }

  /** At once: before the process ends. */
  flush(): void {
    this.#isDue = false;
    const lines = this.#lines;
    this.#lines = [];
    for (const line of lines) this.#sink.log(...line);
  }

  /** To set one anew takes less time than to make another. */
  #setTimer(): void {
    this.#isDue = true;
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.flush(), LATE_MS);
    else this.#timer.refresh();
  }
}
