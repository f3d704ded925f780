/** Lines to standard output (`-v`) or standard error. A reader that went away or is too slow loses lines, no more. */

import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { journalPrefix } from './journal-stream.ts';
import { jsonLine, type LogFormat } from './line-format.ts';
import { oneLine } from './one-line.ts';

/** Bytes that may wait for a slow reader of a pipe. */
const MAX_BUFFERED = 1024 * 1024;

const PLAIN: StreamFormat = { format: 'text', isJournal: false };

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warning: 1, notice: 2, info: 3, debug: 4 };

/** The part of a stream that is used: `process.stdout` and `process.stderr` have it. */
export interface LineStream {
  readonly writableLength: number;
  write(text: string): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface StreamFormat {
  readonly format: LogFormat;
  /** The journal reads it: lines begin with their priority. */
  readonly isJournal: boolean;
}

export class StreamLog implements Logger {
  readonly #stream: LineStream;
  readonly #rank: number;
  readonly #how: StreamFormat;
  #broken = false;

  /** Lines less grave than `lowest` are left out. */
  constructor(stream: LineStream, lowest: LogLevel, how: StreamFormat = PLAIN) {
    this.#stream = stream;
    this.#how = how;
    this.#rank = RANK[lowest];
    stream.on('error', () => {
      this.#broken = true;
    });
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    if (this.#broken || RANK[level] > this.#rank || this.#stream.writableLength > MAX_BUFFERED) return;
    const { format, isJournal } = this.#how;
    const line = format === 'json' ? jsonLine(level, message, fields, new Date()) : oneLine(message);
    this.#stream.write(`${isJournal ? journalPrefix(level) : ''}${line}\n`);
  }
}
