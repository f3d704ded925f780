/**
 * The log file: `[YYYY-MM-DD HH:MM] message`, or a JSON object a line, appended in order by asynchronous writes.
 *
 * A log that cannot be written never stops the daemon: what does not fit the queue, or could not be written, is dropped
 * and counted, trouble is told once through `onTrouble` until a write succeeds again.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { OpError } from '../base/op-error.ts';
import { jsonLine, type LogFormat } from './line-format.ts';
import { oneLine } from './one-line.ts';
import { minuteStamp } from './time-stamp.ts';

/** Characters that may wait for a slow disk: ten thousand lines. */
const MAX_QUEUED = 1024 * 1024;

/** Addresses and commands are nobody's business but root's and the log group's. */
const FILE_MODE = 0o640;

export interface LogFileOptions {
  readonly path: string;
  readonly onTrouble: (error: OpError) => void;
  readonly format?: LogFormat;
  readonly maxQueued?: number;
  readonly now?: () => Date;
}

export class LogFile implements Logger {
  readonly #options: LogFileOptions;
  #file: FileHandle | undefined;
  #queue: string[] = [];
  #queued = 0;
  #dropped = 0;
  #reopen = false;
  #troubled = false;
  #writing: Promise<void> | undefined;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    if (level === 'debug') return;
    const { maxQueued = MAX_QUEUED } = this.#options;
    if (this.#queued + message.length > maxQueued) {
      this.#dropped++;
      return;
    }
    this.#push(level, message, fields);
    this.#start();
  }

  /** After a log rotation: what is queued goes to the old file, what comes to the new one. */
  reopen(): void {
    this.#reopen = true;
    this.#start();
  }

  /** Resolves when everything is written or given up. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#closeFile();
  }

  /** For the moment before a crash, when no event loop turns any more. */
  flushSync(): void {
    if (this.#queue.length === 0) return;
    try {
      const file = openSync(this.#options.path, 'a', FILE_MODE);
      writeSync(file, this.#queue.join(''));
      closeSync(file);
      this.#queue = [];
    } catch {
      // Nobody is left to tell.
    }
  }

  #push(level: LogLevel, message: string, fields?: LogFields): void {
    const line = this.#lineOf(level, message, fields);
    this.#queue.push(line);
    this.#queued += line.length;
  }

  #lineOf(level: LogLevel, message: string, fields?: LogFields): string {
    const { now = () => new Date(), format = 'text' } = this.#options;
    if (format === 'json') return `${jsonLine(level, message, fields, now())}\n`;
    return `[${minuteStamp(now())}] ${oneLine(message)}\n`;
  }

  #start(): void {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    // Lines of the same turn of the event loop share a write.
    await Promise.resolve();
    while (this.#queue.length > 0 || this.#reopen || (this.#dropped > 0 && !this.#troubled)) {
      const closeAfter = this.#reopen;
      this.#reopen = false;
      await this.#writeQueue();
      if (closeAfter) await this.#openAnew();
    }
  }

  async #writeQueue(): Promise<void> {
    const lines = this.#queue;
    const dropped = this.#dropped;
    if (lines.length === 0 && dropped === 0) return;
    this.#queue = [];
    this.#queued = 0;
    const lost =
      dropped === 0
        ? ''
        : this.#lineOf('warning', `${dropped} log lines were lost, the file did not take them`, {
            kind: 'lines-lost',
            count: dropped,
          });
    try {
      this.#file ??= await open(this.#options.path, 'a', FILE_MODE);
      await this.#file.appendFile(lost + lines.join(''));
      this.#dropped -= dropped;
      this.#troubled = false;
    } catch (cause) {
      this.#dropped += lines.length;
      await this.#closeFile();
      this.#tell(cause);
    }
  }

  /** At once, for a rotation ends with the new file in place, and with the trouble told if there can be none. */
  async #openAnew(): Promise<void> {
    await this.#closeFile();
    try {
      this.#file = await open(this.#options.path, 'a', FILE_MODE);
    } catch (cause) {
      this.#tell(cause);
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }

  #tell(cause: unknown): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#options.onTrouble(new OpError({ op: 'write the log file', target: this.#options.path, cause }));
  }
}
