/** What `--version` says. */

import { programVersion } from '../base/version.ts';

/** One line in the form of knockd 0.8: the program, then its version. */
export function versionLine(program: string): string {
  return `${program} ${programVersion()} (Postern)\n`;
}
