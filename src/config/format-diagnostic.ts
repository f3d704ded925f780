/** How people and editors read a diagnostic: `file:line:column: error: message`, then a line with the hint. */

import type { Diagnostic } from './config.ts';

export function formatDiagnostic(diagnostic: Diagnostic): string {
  return format(diagnostic, 'error');
}

/** @param code the rule's, for those who ask why */
export function formatWarning(warning: Diagnostic & { readonly code: string }): string {
  return format(warning, `warning [${warning.code}]`);
}

function format({ file, line, column, message, hint }: Diagnostic, kind: string): string {
  const place = [file, ...[line, column].filter((number) => number > 0)].join(':');
  const said = `${place}: ${kind}: ${message}`;
  return hint === undefined ? said : `${said}\nhint: ${hint}`;
}
