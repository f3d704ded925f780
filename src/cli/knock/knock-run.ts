/** What is to be done with a host or a profile: how to knock, what to wait for, what comes then. Sends nothing. */

import { ok, type Result } from '../../base/result.ts';
import { type KnockPlan, planKnocks } from '../../client/plan.ts';
import { servicePort } from '../../client/service-port.ts';
import { parseAccess } from '../../client/spa-request.ts';
import type { CommandLine } from '../getopt.ts';
import { lastOf, lineHas, type Manner, parseManner } from './knock-arguments.ts';
import { planOf } from './knock-sequence.ts';
import { parseSpaArguments } from './knock-spa-arguments.ts';
import { parseSequence, parseTimeoutMs, parseWaitPort, withoutBrackets } from './knock-values.ts';
import { type Knocker, type Say, sequenceKnocker, spaKnocker } from './knocker.ts';
import { misused, misuseOf, type Refusal } from './refusal.ts';

/** What comes after the knocks. Ports are of TCP. */
export type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly port: number }
  /** Without a port the command runs at once. */
  | { readonly kind: 'command'; readonly port: number | undefined; readonly words: readonly string[] }
  /** `host`: another one than that of the knocks. */
  | { readonly kind: 'proxy'; readonly port: number; readonly host: string | undefined };

/** What the command line asks for beyond knocks. */
export type Wish =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'command'; readonly words: readonly string[] }
  | { readonly kind: 'proxy'; readonly host: string | undefined; readonly portText: string | undefined };

export interface Run {
  readonly host: string;
  readonly manner: Manner;
  /** Of the whole; undefined: until 10 s after the last knock. */
  readonly timeoutMs: number | undefined;
  readonly next: Next;
  /** Called when the host is known: a one-time sequence is used up by it. */
  readonly prepare: (say: Say) => Result<Knocker, Refusal>;
  /** Sent when all is over. */
  readonly closing: KnockPlan | undefined;
}

/** Where nothing else is said: what doors are mostly for. */
const USUAL_PORT = 22;

/** @param line with HOST and ports as its operands, and with the options of the profile */
export function readRun(line: CommandLine, wish: Wish): Result<Run, Refusal> {
  const manner = misuseOf(parseManner(line));
  if (!manner.ok) return manner;
  const host = withoutBrackets(line.operands[0] ?? '');
  if (host === '') return misused("host '': expected a name or an address", "'knock --help' has the forms");
  const way = readWay(line, host, manner.value);
  if (!way.ok) return way;
  const next = readNext(line, wish);
  if (!next.ok) return next;
  const timeoutMs = readTimeout(line);
  if (!timeoutMs.ok) return timeoutMs;
  const closing = readClosing(line, host);
  if (!closing.ok) return closing;
  return ok({
    host,
    manner: manner.value,
    timeoutMs: timeoutMs.value,
    next: next.value,
    prepare: way.value,
    closing: closing.value,
  });
}

/** What means something beside `--spa` alone. */
const SPA_OPTIONS = [
  ...['access', 'own-address', 'resolve', 'for', 'user', 'port', 'key', 'hmac-key', 'hmac-type'],
  ...['no-hmac', 'any-source'],
];

function readWay(line: CommandLine, host: string, manner: Manner): Result<Run['prepare'], Refusal> {
  const [kind, second] = (['spa', 'totp', 'one-time'] as const).filter((name) => lineHas(line, name));
  if (second !== undefined)
    return misused(`--${kind} and --${second} exclude each other`, 'keep one of the two');
  const stray = SPA_OPTIONS.find((name) => lineHas(line, name));
  if (stray !== undefined && kind !== 'spa')
    return misused(`--${stray} means nothing without --spa`, "'knock --help' lists the options");
  const [, surplus] = line.operands;
  if (kind === undefined) return sequenceWay(line, manner);
  if (kind === 'spa') {
    if (surplus !== undefined)
      return misused(`'${surplus}': an SPA packet has no knocks`, "name what to open with '--access tcp/22'");
    const sending = parseSpaArguments(line, host);
    if (!sending.ok) return sending;
    return ok((say) => ok(spaKnocker(sending.value, manner, say)));
  }
  if (surplus !== undefined) {
    const form = `the form is 'knock --${kind} ${kind === 'totp' ? 'SECRET' : 'FILE'} HOST'`;
    return misused(`'${surplus}': the sequence is known already`, form);
  }
  return ok((say) => {
    const plan = planOf(kind, line, host);
    return plan.ok ? ok(sequenceKnocker(plan.value, manner, say)) : plan;
  });
}

function sequenceWay(line: CommandLine, manner: Manner): Result<Run['prepare'], Refusal> {
  const plan = misuseOf(planKnocks(line.operands, lineHas(line, 'udp'), servicePort));
  return plan.ok ? ok((say) => ok(sequenceKnocker(plan.value, manner, say))) : plan;
}

function readNext(line: CommandLine, wish: Wish): Result<Next, Refusal> {
  const usual = readWaitPort(line);
  if (!usual.ok) return usual;
  const port = usual.value;
  switch (wish.kind) {
    case 'nothing':
      return ok(wish);
    case 'wait':
      return ok(port === undefined ? { kind: 'nothing' } : { kind: 'wait', port });
    case 'command':
      return ok({ kind: 'command', port, words: wish.words });
    case 'proxy':
      return readProxy(wish, port);
  }
}

function readProxy(
  { host, portText }: Extract<Wish, { kind: 'proxy' }>,
  usual: number | undefined,
): Result<Next, Refusal> {
  const port = portText === undefined ? ok(usual) : misuseOf(parseWaitPort(portText, 'port'));
  if (!port.ok) return port;
  if (port.value !== undefined)
    return ok({
      kind: 'proxy',
      port: port.value,
      host: host === undefined ? undefined : withoutBrackets(host),
    });
  return misused('--proxy has no port to connect to', "the form is 'knock --proxy NAME HOST PORT'");
}

/** As `--wait` says; else the first TCP port that an SPA packet asks for, where that is known; else the usual one. */
function readWaitPort(line: CommandLine): Result<number | undefined, Refusal> {
  const given = lastOf(line, 'wait');
  if (given !== undefined) return misuseOf(parseWaitPort(given, '--wait'));
  const access = misuseOf(parseAccess(lastOf(line, 'access') ?? `tcp/${USUAL_PORT}`));
  return access.ok ? ok(access.value.find(({ protocol }) => protocol === 'tcp')?.port) : access;
}

function readTimeout(line: CommandLine): Result<number | undefined, Refusal> {
  const given = lastOf(line, 'timeout');
  return given === undefined ? ok(undefined) : misuseOf(parseTimeoutMs(given, '--timeout'));
}

function readClosing(line: CommandLine, host: string): Result<KnockPlan | undefined, Refusal> {
  const sequence = lastOf(line, 'close-sequence');
  if (!lineHas(line, 'close-after')) return ok(undefined);
  if (sequence === undefined)
    return misused(
      '--close-after has no sequence to send',
      "give it with --close-sequence, or write 'Close_Sequence = PORTS' into the profile",
    );
  const knocks = misuseOf(parseSequence(sequence, lineHas(line, 'udp')));
  return knocks.ok ? ok({ host, knocks: knocks.value }) : knocks;
}
