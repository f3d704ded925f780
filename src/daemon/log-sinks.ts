/** Where the log goes: the log file, syslog, and with -v standard output. What a reload can change is changed here. */

import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import type { Options } from '../config/config.ts';
import { FanOut } from '../log/fan-out.ts';
import { isReadByJournal } from '../log/journal-stream.ts';
import { LateLog } from '../log/late-log.ts';
import type { LogFormat } from '../log/line-format.ts';
import { LogFile } from '../log/log-file.ts';
import { StartLines } from '../log/start-lines.ts';
import { StreamLog } from '../log/stream-log.ts';
import { Syslog } from '../log/syslog.ts';
import { sendUnixDatagram } from '../native/unix-datagram.ts';

export interface LogWishes {
  /** -v */
  readonly verbose: boolean;
  /** -D */
  readonly debug: boolean;
  /** Nothing is read from standard output and error; what goes wrong at the start is kept for the terminal. */
  readonly inBackground: boolean;
  /** --log-format */
  readonly logFormat: LogFormat;
}

export class LogSinks implements Logger {
  readonly #fanOut = new FanOut([]);
  readonly #late = new LateLog(this.#fanOut);
  readonly #startLines = new StartLines();
  readonly #stream: Logger;
  #file: { readonly path: string; readonly log: LogFile } | undefined;
  readonly #format: LogFormat;
  #syslog: Syslog | undefined;

  constructor(wishes: LogWishes) {
    this.#stream = wishes.inBackground ? this.#startLines : streamOf(wishes);
    this.#format = wishes.logFormat;
    this.#connect();
    process.once('exit', () => this.flushSync());
  }

  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#late.log(level, message, fields);
  }

  /** Also reopens the log file, for it may have been rotated. */
  configure({ logFile, useSyslog }: Pick<Options, 'logFile' | 'useSyslog'>): void {
    this.#late.flush();
    if (this.#file?.path === logFile) this.#file?.log.reopen();
    else this.#setFile(logFile);
    if (!useSyslog) this.#syslog = undefined;
    else this.#syslog ??= new Syslog({ send: sendOrThrow });
    this.#connect();
  }

  reopen(): void {
    this.#late.flush();
    this.#file?.log.reopen();
  }

  /** When what was told so far is written: warnings and errors of a start in the background. */
  async startLines(): Promise<readonly string[]> {
    this.#late.flush();
    await this.#file?.log.flush();
    return this.#startLines.take();
  }

  async close(): Promise<void> {
    this.#late.flush();
    await this.#file?.log.close();
  }

  /** For the moment before the end, a crash's too. */
  flushSync(): void {
    this.#late.flush();
    this.#file?.log.flushSync();
  }

  #setFile(path: string | undefined): void {
    void this.#file?.log.close();
    if (path === undefined) {
      this.#file = undefined;
      return;
    }
    const onTrouble = (error: Error) => this.#others(path).log('error', error.message);
    this.#file = { path, log: new LogFile({ path, onTrouble, format: this.#format }) };
  }

  /** Every sink but the file that has the trouble. */
  #others(path: string): Logger {
    const sinks = [this.#stream];
    if (this.#syslog !== undefined) sinks.push(this.#syslog);
    if (this.#file !== undefined && this.#file.path !== path) sinks.push(this.#file.log);
    return new FanOut(sinks);
  }

  #connect(): void {
    const sinks = [this.#stream, this.#file?.log, this.#syslog];
    this.#fanOut.setSinks(sinks.filter((sink) => sink !== undefined));
  }
}

/** Without -v knockd says nothing; what goes wrong is said all the same, on standard error. */
function streamOf({ verbose, debug, logFormat }: LogWishes): Logger {
  const how = (fd: number) => ({ format: logFormat, isJournal: isReadByJournal(fd, journalStream) });
  const { JOURNAL_STREAM: journalStream } = process.env;
  if (debug) return new StreamLog(process.stdout, 'debug', how(STDOUT));
  if (verbose) return new StreamLog(process.stdout, 'info', how(STDOUT));
  return new StreamLog(process.stderr, 'warning', how(STDERR));
}

const STDOUT = 1;
const STDERR = 2;

function sendOrThrow(path: string, bytes: Uint8Array): void {
  const code = sendUnixDatagram(path, bytes);
  if (code !== undefined) throw new Error(code);
}
