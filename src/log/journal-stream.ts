/** Whether systemd's journal reads what is written to a descriptor, and what it takes a line's priority from. */

import { fstatSync } from 'node:fs';
import type { LogLevel } from '../base/logger.ts';

/**
 * @param journalStream the variable JOURNAL_STREAM: device and inode of the descriptor that the journal reads
 * (systemd.exec(5)); it is inherited by programs whose output goes elsewhere
 */
export function isReadByJournal(fd: number, journalStream: string | undefined): boolean {
  if (journalStream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return journalStream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** sd-daemon(3): the number of syslog(3) before the line. */
export function journalPrefix(level: LogLevel): string {
  return PREFIX[level];
}

const PREFIX: Readonly<Record<LogLevel, string>> = {
  error: '<3>',
  warning: '<4>',
  notice: '<5>',
  info: '<6>',
  debug: '<7>',
};
