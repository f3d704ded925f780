/** The configuration for a daemon that runs already. */

import type { Result } from '../base/result.ts';
import { fail } from '../base/result.ts';
import type { Config, Diagnostic } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';

/**
 * A file without any door is taken for one that is being written just now, and refused where there were doors: nobody
 * could knock any more.
 */
export function reloadedConfig(path: string, before: Config): Result<Config, readonly Diagnostic[]> {
  const loaded = loadConfig(path);
  if (!loaded.ok || loaded.value.doors.length > 0 || before.doors.length === 0) return loaded;
  const hint = 'to run without doors, restart the daemon';
  return fail([{ file: path, line: 0, column: 0, message: 'it has no door any more', hint }]);
}
