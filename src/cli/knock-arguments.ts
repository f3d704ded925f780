/** The command line of `knock` to what it asks for. */

import { fail, ok, type Result } from '../base/result.ts';
import { type KnockPlan, parseDelayMs, planKnocks, type UsageError } from '../client/plan.ts';
import type { Family } from '../client/resolve.ts';
import { servicePort } from '../client/service-port.ts';
import { type CommandLine, getopt, type OptionSpec } from './getopt.ts';

export interface SendRequest {
  readonly kind: 'send';
  readonly plan: KnockPlan;
  readonly family: Family;
  /** Over IPv4 and over IPv6, for a server that is then reached by either. */
  readonly bothFamilies: boolean;
  readonly delayMs: number;
  readonly verbose: boolean;
}

export type KnockRequest = SendRequest | { readonly kind: 'help' } | { readonly kind: 'version' };

const OPTIONS: readonly OptionSpec[] = [
  { long: 'udp', short: 'u' },
  { long: 'delay', short: 'd', takesValue: true },
  { long: 'ipv4', short: '4' },
  { long: 'ipv6', short: '6' },
  { long: 'both', short: 'b' },
  { long: 'verbose', short: 'v' },
  { long: 'version', short: 'V', final: true },
  { long: 'help', short: 'h', final: true },
];

/** @param argv the arguments after the program's name. */
export function parseKnockArguments(argv: readonly string[]): Result<KnockRequest, UsageError> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return fail({ message: line.error, hint: "'knock --help' lists the options" });
  if (has(line.value, 'help')) return ok({ kind: 'help' });
  if (has(line.value, 'version')) return ok({ kind: 'version' });
  return sendRequest(line.value);
}

function sendRequest(line: CommandLine): Result<SendRequest, UsageError> {
  const delay = parseDelayMs(last(line, 'delay') ?? '0');
  if (!delay.ok) return delay;
  const plan = planKnocks(line.operands, has(line, 'udp'), servicePort);
  if (!plan.ok) return plan;
  const family = familyOf(line);
  const bothFamilies = has(line, 'both');
  if (bothFamilies && family !== 0) {
    const hint = `leave out -${family}, or --both`;
    return fail({ message: `--both knocks over IPv4 and IPv6, and IPv${family} is forced`, hint });
  }
  const verbose = has(line, 'verbose');
  return ok({ kind: 'send', plan: plan.value, family, bothFamilies, delayMs: delay.value, verbose });
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
