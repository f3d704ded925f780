/** How the commands of `postern` find the daemon, and what they share in asking it. */

import { FOREVER_MS, parseDurationMs } from '../../base/duration.ts';
import { OpError } from '../../base/op-error.ts';
import { loadConfig } from '../../config/load-config.ts';
import { DEFAULT_OPTIONS } from '../../config/options-section.ts';
import type { ControlAnswer, ErrorAnswer } from '../../control/answer.ts';
import { ControlClient } from '../../control/client.ts';
import type { ControlRequest } from '../../control/request.ts';
import { type GivenOption, getopt, type OptionSpec } from '../getopt.ts';
import { configPathIn, DEFAULT_CONFIG } from '../knockd-arguments.ts';

/** Exit statuses of every command that asks the daemon. */
export const DONE = 0;
export const FAILED = 1;
export const WRONG_USAGE = 2;

const LINK_OPTIONS: readonly OptionSpec[] = [
  { long: 'socket', short: 's', takesValue: true },
  { long: 'config', short: 'c', takesValue: true },
  { long: 'knockd-opts', short: '', takesValue: true },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

export const LINK_HELP = `  -s, --socket PATH    the daemon's control socket (default: what the configuration says)
  -c, --config FILE    the daemon's configuration (default ${DEFAULT_CONFIG})
  --knockd-opts OPTIONS  the configuration that these options of knockd name, as a service has them in KNOCKD_OPTS
  -j, --json           say it as JSON
  -h, --help           say this`;

export const STATUS_HELP = 'exit status: 0 done, 1 the daemon could not be asked or refused, 2 wrong usage';

export interface Link {
  readonly socketPath: string;
  readonly json: boolean;
}

export interface CommandLine {
  readonly link: Link;
  readonly operands: readonly string[];
  /** The last value of an option of the command's own; empty for one without a value. */
  readonly given: ReadonlyMap<string, string>;
}

export interface CommandSpec {
  readonly help: string;
  readonly options?: readonly OptionSpec[];
  /** Least and greatest number. */
  readonly operands: readonly [number, number];
}

/** What is left to do, or the exit status when everything is said. */
export function parseCommand(name: string, argv: readonly string[], spec: CommandSpec): CommandLine | number {
  const line = getopt(argv, [...LINK_OPTIONS, ...(spec.options ?? [])]);
  if (!line.ok) return wrongUsage(name, line.error);
  const { operands, options } = line.value;
  const given = new Map(options.map(({ name: option, value }: GivenOption) => [option, value]));
  if (given.has('help')) {
    process.stdout.write(spec.help);
    return DONE;
  }
  const [least, most] = spec.operands;
  if (operands.length < least) return wrongUsage(name, 'something is missing');
  if (operands.length > most) return wrongUsage(name, `unexpected argument '${operands[most]}'`);
  const socketPath = given.get('socket') ?? configuredSocket(given);
  return { link: { socketPath, json: given.has('json') }, operands, given };
}

export function wrongUsage(name: string, what: string): number {
  process.stderr.write(`error: ${what}\nhint: 'postern ${name} --help' says more\n`);
  return WRONG_USAGE;
}

/** One request, one answer. An error of the daemon is said, and undefined given. @throws OpError */
export async function ask(link: Link, request: ControlRequest): Promise<ControlAnswer | undefined> {
  const client = await ControlClient.connect(link.socketPath);
  try {
    const answer = await client.ask(request);
    if (answer.kind !== 'error') return answer;
    complain(answer);
    return undefined;
  } finally {
    client.close();
  }
}

export function complain({ message, hint }: ErrorAnswer): void {
  process.stderr.write(`error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** `10m`, `forever`; a number alone is seconds. Undefined for anything else. */
export function parseFor(text: string): number | undefined {
  if (text === 'forever') return FOREVER_MS;
  const ms = parseDurationMs(text, 's');
  return ms === undefined || ms === 0 ? undefined : ms;
}

/** A configuration with errors must not keep an administrator from the daemon that runs. */
function configuredSocket(given: CommandLine['given']): string {
  const file = given.get('config');
  const config = loadConfig(file ?? configPathIn(given.get('knockd-opts') ?? ''));
  if (config.ok) return config.value.options.controlSocket;
  if (file === undefined) return DEFAULT_OPTIONS.controlSocket;
  const [first] = config.error;
  const hint = "name the daemon's socket with '--socket PATH'";
  throw new OpError({ op: 'read', target: file, cause: new Error(first?.message ?? 'it has errors'), hint });
}
