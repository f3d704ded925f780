/** One logger that speaks to several. The list may be changed by a reload. */

import type { LogFields, Logger, LogLevel } from '../base/logger.ts';

export class FanOut implements Logger {
  #sinks: readonly Logger[];

  constructor(sinks: readonly Logger[]) {
    this.#sinks = sinks;
  }

  setSinks(sinks: readonly Logger[]): void {
    this.#sinks = sinks;
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    for (const sink of this.#sinks) sink.log(level, message, fields);
  }
}
