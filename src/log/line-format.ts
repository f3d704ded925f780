/** How a line of the log looks: as knockd writes it, or as one JSON object. */

import type { LogFields, LogLevel } from '../base/logger.ts';
import { oneLine } from './one-line.ts';

export type LogFormat = 'text' | 'json';

/** Without the line break. The time is RFC 3339, in UTC. */
export function jsonLine(level: LogLevel, message: string, fields: LogFields | undefined, now: Date): string {
  return JSON.stringify({ time: now.toISOString(), level, message: oneLine(message), ...fields });
}
