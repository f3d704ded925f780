/** The version, as package.json has it. */

import { readFileSync } from 'node:fs';

/** One line in the form of knockd 0.8: the program, then its version. */
export function versionLine(program: string): string {
  // From dist/src/cli to the root of the package.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return `${program} ${version} (Postern)\n`;
}
