/** What the folders log through; the sinks live in `log`. Levels are the words of syslog(3). */

export type LogLevel = 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** What a line is about, for logs that programs read. */
export interface LogFields {
  readonly door?: string;
  /** Canonical text of an address or prefix. */
  readonly source?: string;
  /** Of the event or decision. */
  readonly kind?: string;
  readonly reason?: string;
  /** Steps that an attempt had made. */
  readonly stage?: number;
  /** Of a command: whether it opens or closes. */
  readonly action?: 'start' | 'stop';
  /** Until when a door is open, or a source banned: RFC 3339, in UTC; null for what never ends. */
  readonly endsAt?: string | null;
  /** Of packets or lines that were left out or lost. */
  readonly count?: number;
}

/** `message` is one line, without a time stamp and without a line break. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
}
