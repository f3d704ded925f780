/** The version of this program, as package.json has it. */

import { readFileSync } from 'node:fs';

export function programVersion(): string {
  // From dist/src/base to the root of the package.
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
