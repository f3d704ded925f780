/**
 * syslog as glibc's syslog(3) speaks it to /dev/log: one datagram a line, RFC 3164 without a host name, facility daemon,
 * ident `knockd` without a process number, which is how knockd's own lines look.
 *
 * Each datagram is sent by path, so a syslog daemon that comes later or restarts is simply met again; what it missed
 * is counted and told then. `send` must not block.
 */

import type { Logger, LogLevel } from '../base/logger.ts';
import { oneLine } from './one-line.ts';
import { syslogStamp } from './time-stamp.ts';

/** RFC 3164 section 4.1.1: daemon is facility 3. */
const FACILITY_DAEMON = 3 << 3;

const SEVERITY: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 };

const DEFAULT_PATH = '/dev/log';

/** RFC 3164 allows 1,024 bytes, every syslog daemon of today 8 KiB; characters here, up to 3 bytes each. */
const MAX_MESSAGE = 2600;

export interface SyslogOptions {
  /** Sends one unix datagram; throws when it cannot. */
  readonly send: (path: string, bytes: Uint8Array) => void;
  readonly path?: string;
  readonly ident?: string;
  readonly now?: () => Date;
}

export class Syslog implements Logger {
  readonly #options: SyslogOptions;
  #lost = 0;

  constructor(options: SyslogOptions) {
    this.#options = options;
  }

  log(level: LogLevel, message: string): void {
    if (level === 'debug') return;
    if (
      this.#lost > 0 &&
      this.#send('warning', `${this.#lost} log lines were lost, syslog did not take them`)
    ) {
      this.#lost = 0;
    }
    if (!this.#send(level, message)) this.#lost++;
  }

  #send(level: LogLevel, message: string): boolean {
    const { send, path = DEFAULT_PATH, ident = 'knockd', now = () => new Date() } = this.#options;
    const text = oneLine(message.slice(0, MAX_MESSAGE));
    const line = `<${FACILITY_DAEMON | SEVERITY[level]}>${syslogStamp(now())} ${ident}: ${text}`;
    try {
      send(path, Buffer.from(line));
      return true;
    } catch {
      return false;
    }
  }
}
