/** What the folders log through; the sinks live in `log`. Levels are the words of syslog(3). */

export type LogLevel = 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** `message` is one line, without a time stamp and without a line break. */
export interface Logger {
  log(level: LogLevel, message: string): void;
}
