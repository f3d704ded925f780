/** `postern check [FILE]`: every error of a configuration in one run. Exit status: 0 none, 1 some, 2 wrong usage. */

import type { Config, Diagnostic } from '../config/config.ts';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import { loadConfig } from '../config/load-config.ts';
import { liveDoorsOf } from '../daemon/live-doors.ts';
import { getopt } from './getopt.ts';
import { DEFAULT_CONFIG } from './knockd-arguments.ts';

const HELP = `usage: postern check [FILE]

Looks for errors in FILE (default ${DEFAULT_CONFIG}) and all that it includes, one-time sequences too.

exit status: 0 there are none, 1 there are some, 2 wrong usage
`;

export function check(argv: readonly string[]): number {
  const line = getopt(argv, [{ long: 'help', short: 'h', final: true }]);
  if (line.ok && line.value.options.length > 0) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!line.ok || line.value.operands.length > 1) {
    const what = line.ok ? 'more than one file is given' : line.error;
    process.stderr.write(`error: ${what}\nhint: 'postern check --help' says more\n`);
    return 2;
  }
  const path = line.value.operands[0] ?? DEFAULT_CONFIG;
  const loaded = loadConfig(path);
  const diagnostics = loaded.ok ? oneTimeErrors(loaded.value) : loaded.error;
  if (loaded.ok && diagnostics.length === 0) {
    process.stdout.write(`${path}: no errors; ${summary(loaded.value)}\n`);
    return 0;
  }
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  process.stderr.write(`${diagnostics.length} ${diagnostics.length === 1 ? 'error' : 'errors'}\n`);
  return 1;
}

function oneTimeErrors(config: Config): readonly Diagnostic[] {
  const errors: Diagnostic[] = [];
  liveDoorsOf(config, (_door, why) => errors.push(why));
  return errors;
}

function summary({ doors, files }: Config): string {
  const count = doors.length === 1 ? '1 door' : `${doors.length} doors`;
  return files.length === 1 ? count : `${count} in ${files.length} files`;
}
