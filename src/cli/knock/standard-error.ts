/**
 * Standard error where another program writes to it as well. Node's own stream would make it non-blocking for that program, too,
 * which may then lose output.
 */

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STDERR = 2;

export function complain(message: string, hint: string | undefined): void {
  writeError(`error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
}

export function writeError(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // There is nowhere left to say it.
  }
}

export function isErrorTerminal(): boolean {
  return isatty(STDERR);
}
