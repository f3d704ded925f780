/** `postern report [LOGFILE...]`. Exit status: 0 done, 1 a log could not be read or the page not written, 2 wrong usage. */

import { wallMs } from '../../base/clock.ts';
import { OpError } from '../../base/op-error.ts';
import { programVersion } from '../../base/version.ts';
import { headline } from '../../report/page/headline.ts';
import { page } from '../../report/page/page.ts';
import { PackedError } from '../../report/read/log-bytes.ts';
import { type LogInput, readLog } from '../../report/read/read-log.ts';
import type { ReportData } from '../../report/sum/report-data.ts';
import { type Period, Summary } from '../../report/sum/summary.ts';
import { type CommandLine, getopt, type OptionSpec } from '../getopt.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { writeOutput } from './output-file.ts';
import { configuredInputs, namedInputs } from './report-inputs.ts';
import { parseWhen, WHEN_EXAMPLES } from './when.ts';

const HELP = `usage: postern report [options] [LOGFILE...]

Makes one HTML page of the daemon's log: what opened, who scanned, what was refused, and what the log does not show.
Reads logs as JSON (knockd --log-format json), as text, as journalctl and syslog daemons write them, packed with gzip or
not, in any order. Without LOGFILE: the log file of the configuration and what logrotate made of it; -: standard input.

    journalctl -u knockd -o json | postern report -o report.html -

options:
  -S, --since WHEN     leave out what is before: 2h, 7d, yesterday, 2026-11-20, '2026-11-20 14:30' (default: nothing)
  -U, --until WHEN     leave out what is after (default: now)
  -o, --output FILE    write the page there (default: standard output; at a terminal a sentence instead)
  -c, --config FILE    the configuration that names the log (default ${DEFAULT_CONFIG})
  -j, --json           the same as data
  -h, --help           say this

exit status: 0 done, 1 a log could not be read or the page not written, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'since', short: 'S', takesValue: true },
  { long: 'until', short: 'U', takesValue: true },
  { long: 'output', short: 'o', takesValue: true },
  { long: 'config', short: 'c', takesValue: true },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

/** As the log file: addresses are nobody's business but root's and the log group's. */
const FILE_MODE = 0o640;

export async function reportCommand(argv: readonly string[]): Promise<number> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const given = (name: string) => line.value.options.findLast((option) => option.name === name)?.value;
  if (given('help') !== undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const period = periodOf(given('since'), given('until'), wallMs());
  if (typeof period === 'string') return wrongUsage(period, WHEN_EXAMPLES);
  const data = await reportOf(inputsOf(line.value, given('config') ?? DEFAULT_CONFIG), period);
  tell(data, given('output'), given('json') !== undefined);
  return 0;
}

function periodOf(since: string | undefined, until: string | undefined, nowMs: number): Period | string {
  const untilMs = until === undefined ? nowMs : parseWhen(until, nowMs);
  if (untilMs === undefined) return `'${until}' is no time for --until`;
  const sinceMs = since === undefined ? undefined : parseWhen(since, untilMs);
  if (since !== undefined && sinceMs === undefined) return `'${since}' is no time for --since`;
  if (sinceMs !== undefined && sinceMs >= untilMs) return '--since must be before --until';
  return { sinceMs, untilMs, isFixedEnd: until !== undefined };
}

function inputsOf({ operands }: CommandLine, config: string): readonly LogInput[] {
  return operands.length === 0 ? configuredInputs(config) : namedInputs(operands);
}

async function reportOf(inputs: readonly LogInput[], period: Period): Promise<ReportData> {
  const summary = new Summary(period);
  try {
    const read = await readLog(inputs, { take: (event) => summary.take(event), nowMs: period.untilMs });
    return summary.report(programVersion(), read);
  } catch (error) {
    if (!(error instanceof PackedError)) throw error;
    const hint = `unpack it first: ${error.unpack} FILE | postern report -`;
    throw new OpError({
      op: 'read',
      target: inputs.map(({ name }) => name).join("', '"),
      cause: error,
      hint,
    });
  }
}

function tell(data: ReportData, output: string | undefined, isJson: boolean): void {
  const isTerminal = process.stdout.isTTY && output === undefined && !isJson;
  if (isTerminal) {
    process.stdout.write(`${headline(data)}\n`);
    process.stderr.write("hint: 'postern report -o FILE' writes the page\n");
    return;
  }
  const text = isJson ? `${JSON.stringify(data, undefined, 2)}\n` : page(data);
  if (output === undefined || output === '-') process.stdout.write(text);
  else writeOutput(output, text, FILE_MODE);
}

function wrongUsage(what: string, hint = "'postern report --help' says more"): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 2;
}
