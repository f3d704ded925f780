/** `postern config show [FILE]`: the configuration as the daemon would have it, and where each value comes from. `doors`: their names. */

import type { Diagnostic } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { loadConfigWithPlaces } from '../../config/load-config.ts';
import { columns } from '../columns.ts';
import { getopt, type OptionSpec } from '../getopt.ts';
import { DEFAULT_CONFIG, parseKnockdArguments } from '../knockd-arguments.ts';
import { type ShownConfig, shownConfig } from './config-origin.ts';

const HELP = `usage: postern config show [options] [FILE]
       postern config doors [-j] [FILE]

show       says the configuration in FILE (default ${DEFAULT_CONFIG}) as knockd would have it, defaults included
doors      says the names of its doors, a line each

Nothing is asked of the daemon.

options:
  -o, --origin           say where each value comes from: file and line, the command line, or the default
      --show-secrets     say the sequences and keys of doors, too
  -i, --interface IF     as with knockd -i
  -p, --pidfile FILE     as with knockd -p
  -g, --logfile FILE     as with knockd -g
  -j, --json             say it as JSON
  -h, --help             say this

exit status: 0 done, 1 the configuration has errors, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'origin', short: 'o' },
  { long: 'show-secrets', short: '' },
  { long: 'interface', short: 'i', takesValue: true },
  { long: 'pidfile', short: 'p', takesValue: true },
  { long: 'logfile', short: 'g', takesValue: true },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

/** Options that are the daemon's, too. */
const OF_KNOCKD = ['interface', 'pidfile', 'logfile'] as const;

export function config(argv: readonly string[]): number {
  const [command, ...rest] = argv;
  const line = getopt(command === 'show' || command === 'doors' ? rest : argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const given = new Map(line.value.options.map(({ name, value }) => [name, value]));
  if (given.has('help')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (command !== 'show' && command !== 'doors')
    return wrongUsage("expected 'config show' or 'config doors'");
  const [file = DEFAULT_CONFIG, more] = line.value.operands;
  if (more !== undefined) return wrongUsage(`unexpected argument '${more}'`);
  if (command === 'doors') return sayDoors(file, given);
  return show(file, given);
}

function sayDoors(file: string, given: ReadonlyMap<string, string>): number {
  const other = [...given.keys()].find((name) => name !== 'json');
  if (other !== undefined) return wrongUsage(`'--${other}' does not go with 'doors'`);
  const loaded = loadConfigWithPlaces(file);
  if (!loaded.ok) return tellFaults(loaded.error);
  const doors = loaded.value.config.doors.map(({ name }) => name);
  if (given.has('json')) process.stdout.write(`${JSON.stringify({ doors })}\n`);
  else process.stdout.write(doors.map((name) => `${name}\n`).join(''));
  return 0;
}

function show(file: string, given: ReadonlyMap<string, string>): number {
  const knockd = parseKnockdArguments(
    OF_KNOCKD.flatMap((name) => (given.has(name) ? [`--${name}=${given.get(name)}`] : [])),
  );
  if (!knockd.ok) return wrongUsage(knockd.error.message);
  if (knockd.value.kind !== 'run') return wrongUsage('that is not for here');
  const loaded = loadConfigWithPlaces(file);
  if (!loaded.ok) return tellFaults(loaded.error);
  const shown = shownConfig(loaded.value, knockd.value.settings.commandLine, given.has('show-secrets'));
  if (given.has('json')) process.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
  else process.stdout.write(given.has('origin') ? originText(shown) : plainText(shown));
  return 0;
}

function tellFaults(faults: readonly Diagnostic[]): number {
  for (const fault of faults) process.stderr.write(`${formatDiagnostic(fault)}\n`);
  return 1;
}

function plainText({ options, doors }: ShownConfig): string {
  const sections = [{ name: 'options', settings: options }, ...doors];
  return sections
    .map(({ name, settings }) => [`[${name}]`, ...settings.map(settingText), ''].join('\n'))
    .join('\n');
}

function originText({ options, doors }: ShownConfig): string {
  const sections = [{ name: 'options', place: '', settings: options }, ...doors];
  const rows = sections.flatMap(({ name, place, settings }) => [
    [place, `[${name}]`],
    ...settings.map((setting) => [setting.from, `  ${settingText(setting)}`]),
  ]);
  return `${columns(rows).join('\n')}\n`;
}

function settingText({ key, value }: ShownConfig['options'][number]): string {
  return value === null ? key : `${key} = ${value}`;
}

function wrongUsage(what: string): number {
  process.stderr.write(`error: ${what}\nhint: 'postern config --help' says more\n`);
  return 2;
}
