/** `postern check [FILE]`: every error of a configuration in one run, or advice on it where it has none. */

import type { Config, Diagnostic } from '../../config/config.ts';
import { formatDiagnostic, formatWarning } from '../../config/format-diagnostic.ts';
import { loadConfigWithPlaces } from '../../config/load-config.ts';
import { faultsOfOneTimeFile } from '../../config/one-time-sequences.ts';
import type { ConfigPlaces } from '../../config/parse-config.ts';
import { lint, RULES, type Warning } from '../../lint/lint.ts';
import { type Odds, oddsOf, oddsText } from '../../lint/odds.ts';
import { type CommandLine, getopt, type OptionSpec } from '../getopt.ts';
import { configPathIn, DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { thisMachine } from './lint-context.ts';

const HELP = `usage: postern check [options] [FILE]

Looks for errors in FILE (default ${DEFAULT_CONFIG}) and all that it includes, one-time sequences too. Where there are none
it warns of what works and should not be left so, and says how hard each door is to open for strangers.

options:
  -s, --strict           a warning is a failure, too
  -j, --json             one JSON object instead of text
  -e, --explain CODE     say why a warning matters ('all': every one of them)
  --knockd-opts OPTIONS  check the file that these options of knockd name, as a service has them in KNOCKD_OPTS
  -h, --help             say this

exit status: 0 there are no errors, 1 there are some, or warnings with --strict, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'strict', short: 's' },
  { long: 'json', short: 'j' },
  { long: 'explain', short: 'e', takesValue: true },
  { long: 'knockd-opts', short: '', takesValue: true },
  { long: 'help', short: 'h', final: true },
];

interface Checked {
  readonly file: string;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Warning[];
  /** Undefined where there are errors. */
  readonly config: Config | undefined;
}

export async function check(argv: readonly string[]): Promise<number> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  if (optionOf(line.value, 'help') !== undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const code = optionOf(line.value, 'explain');
  if (code !== undefined) return explain(code, optionOf(line.value, 'json') !== undefined);
  const knockdOptions = optionOf(line.value, 'knockd-opts');
  const files = [
    ...line.value.operands,
    ...(knockdOptions === undefined ? [] : [configPathIn(knockdOptions)]),
  ];
  if (files.length > 1) return wrongUsage('more than one file is given');
  const checked = await checkFile(files[0] ?? DEFAULT_CONFIG);
  if (optionOf(line.value, 'json') === undefined) tell(checked);
  else process.stdout.write(`${JSON.stringify(asJson(checked))}\n`);
  const isStrict = optionOf(line.value, 'strict') !== undefined;
  return checked.errors.length > 0 || (isStrict && checked.warnings.length > 0) ? 1 : 0;
}

/** For those who have written a configuration: says what is found. @returns whether there are no errors */
export async function checkAndTell(file: string): Promise<boolean> {
  const checked = await checkFile(file);
  tell(checked);
  return checked.errors.length === 0;
}

async function checkFile(file: string): Promise<Checked> {
  const loaded = loadConfigWithPlaces(file);
  if (!loaded.ok) return { file, errors: loaded.error, warnings: [], config: undefined };
  const { config, places } = loaded.value;
  const errors = oneTimeErrors(config);
  if (errors.length > 0) return { file, errors, warnings: [], config: undefined };
  return { file, errors, warnings: await warningsOf(config, places), config };
}

async function warningsOf(config: Config, places: ConfigPlaces): Promise<readonly Warning[]> {
  return lint({ config, places, context: await thisMachine() });
}

function oneTimeErrors(config: Config): readonly Diagnostic[] {
  return config.doors.flatMap(({ sequence }) =>
    sequence.kind === 'one-time' ? faultsOfOneTimeFile(sequence.path) : [],
  );
}

function tell({ file, errors, warnings, config }: Checked): void {
  for (const error of errors) process.stderr.write(`${formatDiagnostic(error)}\n`);
  for (const warning of warnings)
    process.stderr.write(`${formatWarning(warning)}
`);
  if (config === undefined) {
    process.stderr.write(`${counted(errors.length, 'error')}\n`);
    return;
  }
  const advice = warnings.length === 0 ? '' : `, ${counted(warnings.length, 'warning')}`;
  process.stdout.write(`${file}: no errors${advice}; ${summary(config)}\n`);
  for (const { name, odds } of doorOdds(config)) process.stdout.write(`  ${name}: ${oddsText(odds)}\n`);
}

function asJson({ file, errors, warnings, config }: Checked) {
  return { file, errors, warnings, doors: config === undefined ? [] : doorOdds(config) };
}

/** Of doors with a fixed sequence. */
function doorOdds({ doors, options }: Config): readonly { readonly name: string; readonly odds: Odds }[] {
  return doors.flatMap((door) => {
    const odds = oddsOf(door, options.maxStrays);
    return odds === undefined ? [] : [{ name: door.name, odds }];
  });
}

function explain(code: string, isJson: boolean): number {
  const found = RULES.filter((rule) => code === 'all' || rule.code === code);
  if (found.length === 0)
    return wrongUsage(`there is no warning '${code}'`, "'postern check --explain all' lists them");
  const text = found.map((rule) => `${rule.code}\n  ${rule.why}\n`).join('\n');
  const warnings = found.map((rule) => ({ code: rule.code, why: rule.why }));
  process.stdout.write(isJson ? `${JSON.stringify({ warnings })}\n` : text);
  return 0;
}

function summary({ doors, files }: Config): string {
  const count = counted(doors.length, 'door');
  return files.length === 1 ? count : `${count} in ${files.length} files`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function optionOf({ options }: CommandLine, name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value;
}

function wrongUsage(what: string, hint = "'postern check --help' says more"): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 2;
}
