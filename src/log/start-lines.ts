/**
 * What goes wrong while the daemon starts in the background, for the terminal that started it: warnings and errors
 * until they are taken. Nothing after that.
 */

import type { Logger, LogLevel } from '../base/logger.ts';
import { oneLine } from './one-line.ts';

/** A terminal's worth; the log has the rest. */
const MAX_LINES = 100;

export class StartLines implements Logger {
  #lines: string[] | undefined = [];

  log(level: LogLevel, message: string): void {
    if (this.#lines === undefined || (level !== 'error' && level !== 'warning')) return;
    if (this.#lines.length < MAX_LINES) this.#lines.push(oneLine(message));
  }

  /** From now on nothing is kept. */
  take(): readonly string[] {
    const lines = this.#lines ?? [];
    this.#lines = undefined;
    return lines;
  }
}
