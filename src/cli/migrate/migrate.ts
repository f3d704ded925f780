/** `postern migrate [FILE]`: a knockd.conf with commands for the firewall as one with doors that have `Open`. Changes nothing by itself. */

import { fail, ok, type Result } from '../../base/result.ts';
import type { Diagnostic } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { DISK, loadConfigWithPlaces, readText } from '../../config/load-config.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { getopt, type OptionSpec } from '../getopt.ts';
import { checkAndTell } from '../inspect/check.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { paletteFor } from '../paint.ts';
import { writeSecretFile } from '../secret-file.ts';
import { migrateDoors } from './migrate-doors.ts';
import { newText, type OptionLine, rewrite, type TextLine } from './migrate-text.ts';
import { readDefaults } from './service-defaults.ts';

const HELP = `usage: postern migrate [options] [FILE]

Shows FILE (default ${DEFAULT_CONFIG}) with 'Open' and 'Close' in the place of commands of iptables, ufw, firewall-cmd and nft: lines
that go begin with '-', lines that come with '+'. What stays as it is is said on standard error, with its line and the reason.

options:
  -d, --defaults FILE    take the daemon's options from there as well, such as /etc/default/knockd
  -n, --new              print the new configuration alone
  -o, --output FILE      write it there and check it; readable for its owner alone
  -F, --force            write over a file that is there
  -j, --json             one JSON object: file, moved, notes, config
  -h, --help             say this

exit status: 0 done, whatever stays; 1 the configuration has errors, or a file could not be read or written, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'defaults', short: 'd', takesValue: true },
  { long: 'new', short: 'n' },
  { long: 'output', short: 'o', takesValue: true },
  { long: 'force', short: 'F' },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

interface Note {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

interface Migrated {
  readonly lines: readonly TextLine[];
  /** Names of doors. */
  readonly moved: readonly string[];
  readonly notes: readonly Note[];
}

export async function migrate(argv: readonly string[]): Promise<number> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const given = new Map(line.value.options.map(({ name, value }) => [name, value]));
  if (given.has('help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const [file = DEFAULT_CONFIG, surplus] = line.value.operands;
  if (surplus !== undefined) return wrongUsage('more than one file is given');
  const migrated = migrateFile(file, given.get('defaults'));
  if (!migrated.ok) {
    for (const diagnostic of migrated.error) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    return 1;
  }
  return say(file, migrated.value, given);
}

function migrateFile(
  file: string,
  defaultsFile: string | undefined,
): Result<Migrated, readonly Diagnostic[]> {
  const loaded = loadConfigWithPlaces(file);
  if (!loaded.ok) return loaded;
  const { config, places } = loaded.value;
  const text = readText(file);
  if (!text.ok) return fail([cannotRead(file, text.error)]);
  const defaults = defaultsFile === undefined ? ok('') : readText(defaultsFile);
  if (!defaults.ok) return fail([cannotRead(defaultsFile ?? '', defaults.error)]);
  const own = config.doors.filter(({ name }) => places.ofDoor(name)?.file === file);
  const { moved, firewall, notes } = migrateDoors({ doors: own });
  const service = readDefaults(defaults.value);
  const isKept = places.ofOption('Firewall') !== undefined;
  const options: OptionLine[] = [...service.options];
  if (firewall !== undefined && !isKept) options.unshift(...firewallLines(firewall));
  const lines = rewrite(text.value, places, moved, options);
  const checked = parseConfig(newText(lines), file, DISK);
  if (!checked.ok) return checked;
  return ok({
    lines,
    moved: moved.map(({ door }) => door.name),
    notes: [
      ...notes.map(({ door, key, message }) => ({
        file,
        line:
          (key === undefined ? undefined : places.ofDoor(door, key)?.line) ?? places.ofDoor(door)?.line ?? 0,
        message: `${door}: ${message}`,
      })),
      ...service.notes.map((note) => ({ file: defaultsFile ?? '', ...note })),
    ],
  });
}

function firewallLines({
  kind,
  chain,
}: NonNullable<ReturnType<typeof migrateDoors>['firewall']>): readonly OptionLine[] {
  const lines: OptionLine[] = [{ key: 'Firewall', value: kind }];
  return chain === undefined || chain === 'INPUT' ? lines : [...lines, { key: 'Chain', value: chain }];
}

async function say(
  file: string,
  { lines, moved, notes }: Migrated,
  given: ReadonlyMap<string, string>,
): Promise<number> {
  const output = given.get('output');
  if (given.has('json')) {
    if (output !== undefined) writeSecretFile(output, newText(lines), given.has('force'));
    process.stdout.write(`${JSON.stringify({ file, moved, notes, config: newText(lines) })}\n`);
    return 0;
  }
  for (const { file: where, line, message } of notes)
    process.stderr.write(`${where}:${line}: note: ${message}\n`);
  if (output !== undefined) {
    writeSecretFile(output, newText(lines), given.has('force'));
    return (await checkAndTell(output)) ? 0 : 1;
  }
  process.stdout.write(given.has('new') ? newText(lines) : shownText(lines));
  return 0;
}

function shownText(lines: readonly TextLine[]): string {
  const { good, bad } = paletteFor(process.stdout, process.env);
  const shown = lines.map(({ kind, text }) => {
    if (kind === 'kept') return ` ${text}`;
    return kind === 'removed' ? bad(`-${text}`) : good(`+${text}`);
  });
  return `${shown.join('\n')}\n`;
}

function cannotRead(file: string, why: string): Diagnostic {
  return { file, line: 0, column: 0, message: `cannot read '${file}': ${why}`, hint: undefined };
}

function wrongUsage(what: string): number {
  process.stderr.write(`error: ${what}\nhint: 'postern migrate --help' says more\n`);
  return 2;
}
