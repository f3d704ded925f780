/** The command line of `knock` to what it asks for. */

import { fail, ok, type Result } from '../../base/result.ts';
import { type KnockPlan, parseDelayMs, planKnocks, type UsageError } from '../../client/plan.ts';
import type { Family } from '../../client/resolve.ts';
import { servicePort } from '../../client/service-port.ts';
import { type CommandLine, getopt, type OptionSpec } from '../getopt.ts';

/** How knocks are sent, whatever they are. */
export interface Manner {
  readonly family: Family;
  /** Over IPv4 and over IPv6, for a server that is then reached by either. */
  readonly bothFamilies: boolean;
  readonly delayMs: number;
  readonly verbose: boolean;
}

/** The command line of knock 0.8. */
export interface SendRequest extends Manner {
  readonly kind: 'send';
  readonly plan: KnockPlan;
}

/** Everything else is read by those who need it: a plain knock loads nothing of it. */
export interface MoreRequest {
  readonly kind: 'more';
  readonly line: CommandLine;
  /** What is wrong with the line unless its first word is a profile. */
  readonly otherwise?: UsageError;
}

export type KnockRequest =
  | SendRequest
  | MoreRequest
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Those of knock 0.8, whose abbreviations stay what they are. */
const ORIGINAL: readonly OptionSpec[] = [
  { long: 'udp', short: 'u' },
  { long: 'delay', short: 'd', takesValue: true },
  { long: 'ipv4', short: '4' },
  { long: 'ipv6', short: '6' },
  { long: 'verbose', short: 'v' },
  { long: 'version', short: 'V', final: true },
  { long: 'help', short: 'h', final: true },
];

const FLAGS = [
  ['both', 'b'],
  ['spa', ''],
  ['no-hmac', ''],
  ['any-source', 's'],
  ['proxy', ''],
  ['close', ''],
  ['close-after', ''],
  ['keep-open', ''],
  ['list', ''],
  ['show-secrets', ''],
  ['json', 'j'],
  ['force', 'F'],
] as const;

const VALUES = [
  ['access', 'A'],
  ['own-address', 'a'],
  ['resolve', 'R'],
  ['for', 'f'],
  ['user', 'U'],
  ['port', 'p'],
  ['key', 'k'],
  ['hmac-key', 'K'],
  ['hmac-type', ''],
  ['totp', ''],
  ['totp-steps', ''],
  ['totp-ports', ''],
  ['one-time', ''],
  ['wait', 'w'],
  ['timeout', 't'],
  ['close-sequence', ''],
  ['save', ''],
  ['profiles', ''],
] as const;

const OPTIONS: readonly OptionSpec[] = [
  ...ORIGINAL,
  ...FLAGS.map(([long, short]): OptionSpec => ({ long, short, inFull: true })),
  ...VALUES.map(([long, short]): OptionSpec => ({ long, short, inFull: true, takesValue: true })),
];

/** What may stand beside HOST and ports without anything more to do than to send knocks. */
const PLAIN: ReadonlySet<string> = new Set([...ORIGINAL.map(({ long }) => long), 'both']);

/** @param argv the arguments after the program's name. */
export function parseKnockArguments(argv: readonly string[]): Result<KnockRequest, UsageError> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return fail({ message: line.error, hint: "'knock --help' lists the options" });
  if (lineHas(line.value, 'help')) return ok({ kind: 'help' });
  if (lineHas(line.value, 'version')) return ok({ kind: 'version' });
  return requestOf(line.value);
}

/** Whatever knock 0.8 would send is sent as it would send it; only what it refuses can mean a profile. */
function requestOf(line: CommandLine): Result<SendRequest | MoreRequest, UsageError> {
  if (line.options.some(({ name }) => !PLAIN.has(name))) return ok({ kind: 'more', line });
  const manner = parseManner(line);
  if (!manner.ok) return manner;
  const plan = planKnocks(line.operands, lineHas(line, 'udp'), servicePort);
  if (plan.ok) return ok({ kind: 'send', plan: plan.value, ...manner.value });
  return line.operandsBefore === 1 ? ok({ kind: 'more', line, otherwise: plan.error }) : plan;
}

export function parseManner(line: CommandLine): Result<Manner, UsageError> {
  const delay = parseDelayMs(lastOf(line, 'delay') ?? '0');
  if (!delay.ok) return delay;
  const family = familyOf(line);
  const bothFamilies = lineHas(line, 'both');
  if (bothFamilies && family !== 0) {
    const hint = `leave out -${family}, or --both`;
    return fail({ message: `--both knocks over IPv4 and IPv6, and IPv${family} is forced`, hint });
  }
  return ok({ family, bothFamilies, delayMs: delay.value, verbose: lineHas(line, 'verbose') });
}

/** The last of -4 and -6 wins, as in knock 0.8. */
function familyOf(line: CommandLine): Family {
  const name = line.options.findLast((option) => option.name === 'ipv4' || option.name === 'ipv6')?.name;
  if (name === undefined) return 0;
  return name === 'ipv4' ? 4 : 6;
}

export function lineHas(line: CommandLine, name: string): boolean {
  return lastOf(line, name) !== undefined;
}

/** The value of an option; the last one counts. */
export function lastOf(line: CommandLine, name: string): string | undefined {
  return line.options.findLast((option) => option.name === name)?.value;
}
