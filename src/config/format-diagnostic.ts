/** How people and editors read a diagnostic: `file:line:column: error: message`, then a line with the hint. */

import type { Diagnostic } from './config.ts';

export function formatDiagnostic({ file, line, column, message, hint }: Diagnostic): string {
  const place = [file, ...[line, column].filter((number) => number > 0)].join(':');
  const error = `${place}: error: ${message}`;
  return hint === undefined ? error : `${error}\nhint: ${hint}`;
}
