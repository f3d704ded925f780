/** The command line of `knock` to what it asks for. */

import { fail, ok, type Result } from '../../base/result.ts';
import { type KnockPlan, parseDelayMs, planKnocks, type UsageError } from '../../client/plan.ts';
import type { Family } from '../../client/resolve.ts';
import { servicePort } from '../../client/service-port.ts';
import { type CommandLine, getopt, type OptionSpec } from '../getopt.ts';

export interface SendRequest {
  readonly kind: 'send';
  readonly plan: KnockPlan;
  readonly family: Family;
  /** Over IPv4 and over IPv6, for a server that is then reached by either. */
  readonly bothFamilies: boolean;
  readonly delayMs: number;
  readonly verbose: boolean;
}

/** The rest is read by those who need it: a plain knock loads nothing of it. */
export interface LineRequest {
  readonly kind: 'spa' | 'totp' | 'one-time';
  readonly line: CommandLine;
  readonly family: Family;
  readonly bothFamilies: boolean;
  readonly delayMs: number;
  readonly verbose: boolean;
}

export type KnockRequest =
  | SendRequest
  | LineRequest
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Beside those of knock 0.8, whose abbreviations stay what they are. */
const MORE_OPTIONS: readonly OptionSpec[] = [
  ...[
    ['both', 'b'] as const,
    ['spa', ''] as const,
    ['no-hmac', ''] as const,
    ['any-source', 's'] as const,
  ].map(([long, short]): OptionSpec => ({ long, short, inFull: true })),
  ...[
    ['access', 'A'] as const,
    ['own-address', 'a'] as const,
    ['resolve', 'R'] as const,
    ['for', 'f'] as const,
    ['user', 'U'] as const,
    ['port', 'p'] as const,
    ['key', 'k'] as const,
    ['hmac-key', 'K'] as const,
    ['hmac-type', ''] as const,
    ['totp', ''] as const,
    ['totp-steps', ''] as const,
    ['totp-ports', ''] as const,
    ['one-time', ''] as const,
  ].map(([long, short]): OptionSpec => ({ long, short, inFull: true, takesValue: true })),
];

/** What means something beside `--spa` alone. */
const SPA_OPTIONS = [
  ...['access', 'own-address', 'resolve', 'for', 'user', 'port', 'key', 'hmac-key', 'hmac-type'],
  ...['no-hmac', 'any-source'],
];

const OPTIONS: readonly OptionSpec[] = [
  { long: 'udp', short: 'u' },
  { long: 'delay', short: 'd', takesValue: true },
  { long: 'ipv4', short: '4' },
  { long: 'ipv6', short: '6' },
  { long: 'verbose', short: 'v' },
  { long: 'version', short: 'V', final: true },
  { long: 'help', short: 'h', final: true },
  ...MORE_OPTIONS,
];

/** @param argv the arguments after the program's name. */
export function parseKnockArguments(argv: readonly string[]): Result<KnockRequest, UsageError> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return fail({ message: line.error, hint: "'knock --help' lists the options" });
  if (has(line.value, 'help')) return ok({ kind: 'help' });
  if (has(line.value, 'version')) return ok({ kind: 'version' });
  return sendRequest(line.value);
}

function sendRequest(line: CommandLine): Result<SendRequest | LineRequest, UsageError> {
  const delay = parseDelayMs(last(line, 'delay') ?? '0');
  if (!delay.ok) return delay;
  const family = familyOf(line);
  const bothFamilies = has(line, 'both');
  if (bothFamilies && family !== 0) {
    const hint = `leave out -${family}, or --both`;
    return fail({ message: `--both knocks over IPv4 and IPv6, and IPv${family} is forced`, hint });
  }
  const common = { family, bothFamilies, delayMs: delay.value, verbose: has(line, 'verbose') };
  const kind = kindOf(line);
  if (!kind.ok) return kind;
  if (kind.value !== 'send') return ok({ kind: kind.value, line, ...common });
  const plan = planKnocks(line.operands, has(line, 'udp'), servicePort);
  return plan.ok ? ok({ kind: 'send', plan: plan.value, ...common }) : plan;
}

function kindOf(line: CommandLine): Result<LineRequest['kind'] | 'send', UsageError> {
  const [kind, second] = (['spa', 'totp', 'one-time'] as const).filter((name) => has(line, name));
  if (second !== undefined) {
    return fail({ message: `--${kind} and --${second} exclude each other`, hint: 'keep one of the two' });
  }
  const stray = SPA_OPTIONS.find((name) => has(line, name));
  if (stray !== undefined && kind !== 'spa') {
    return fail({
      message: `--${stray} means nothing without --spa`,
      hint: "'knock --help' lists the options",
    });
  }
  return ok(kind ?? 'send');
}

/** The last of -4 and -6 wins, as in knock 0.8. */
function familyOf(line: CommandLine): Family {
  const name = line.options.findLast((option) => option.name === 'ipv4' || option.name === 'ipv6')?.name;
  if (name === undefined) return 0;
  return name === 'ipv4' ? 4 : 6;
}

function has(line: CommandLine, name: string): boolean {
  return last(line, name) !== undefined;
}

function last(line: CommandLine, name: string): string | undefined {
  return line.options.findLast((option) => option.name === name)?.value;
}
