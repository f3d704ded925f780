/** Sequences that `knock` knows without being told the ports: time-based ones, and the next one of a one-time file. */

import { wallMs } from '../../base/clock.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Knock, KnockPlan, UsageError } from '../../client/plan.ts';
import type { Diagnostic } from '../../config/config.ts';
import { markUsed, readOneTimeFile } from '../../config/one-time-sequences.ts';
import type { Protocol } from '../../net/protocol.ts';
import { readSecretText } from '../../spa/key-text.ts';
import { parseTotpSecret } from '../../spa/totp-secret.ts';
import { DEFAULT_SHAPE, type SequenceShape, totpSequence, totpStep } from '../../spa/totp-sequence.ts';
import type { CommandLine } from '../getopt.ts';
import { lastOf } from './knock-arguments.ts';
import { parseTotpPorts, parseTotpSteps } from './knock-values.ts';
import { badKey, misuseOf, type Refusal } from './refusal.ts';

/** The plan that `--totp` or `--one-time` stands for, of this moment: each is asked for once, when it is sent. */
export function planOf(
  kind: 'totp' | 'one-time',
  line: CommandLine,
  host: string,
): Result<KnockPlan, Refusal> {
  if (kind === 'one-time') return oneTimePlan(host, lastOf(line, 'one-time') ?? '');
  return totpPlan(host, {
    secret: lastOf(line, 'totp') ?? '',
    steps: lastOf(line, 'totp-steps'),
    ports: lastOf(line, 'totp-ports'),
  });
}

interface TotpOptions {
  /** Base32, or `file:/path`. */
  readonly secret: string;
  readonly steps: string | undefined;
  /** `FIRST-LAST`. */
  readonly ports: string | undefined;
}

/** The knocks of this moment. */
function totpPlan(host: string, options: TotpOptions): Result<KnockPlan, Refusal> {
  const text = readSecretText(options.secret);
  if (!text.ok) return badKey(text.error.message, text.error.hint);
  const secret = parseTotpSecret(text.value);
  if (!secret.ok) return badKey(`--totp: ${secret.error.message}`, secret.error.hint);
  const shape = misuseOf(shapeOf(options));
  if (!shape.ok) return shape;
  return ok({ host, knocks: totpSequence(secret.value, totpStep(wallMs()), shape.value).map(knockOf) });
}

/** The first unused line, which is used from then on: a server that misses it wants the next one. */
function oneTimePlan(host: string, path: string): Result<KnockPlan, Refusal> {
  const next = readOneTimeFile(path);
  if (!next.ok) return refusalOf(next.error);
  const used = markUsed(next.value);
  if (!used.ok) return refusalOf(used.error);
  return ok({ host, knocks: next.value.steps.map(knockOf) });
}

function refusalOf(fault: Diagnostic) {
  const { file, line, message, hint = 'the file has a sequence a line, as the server has it' } = fault;
  return badKey(`${line > 0 ? `${file}:${line}` : file}: ${message}`, hint);
}

function shapeOf({ steps, ports }: TotpOptions): Result<SequenceShape, UsageError> {
  const count = parseTotpSteps(steps ?? `${DEFAULT_SHAPE.steps}`, '--totp-steps');
  if (!count.ok) return count;
  if (ports === undefined) return ok({ ...DEFAULT_SHAPE, steps: count.value });
  return parseTotpPorts(ports, '--totp-ports', count.value);
}

function knockOf({ protocol, port }: { readonly protocol: Protocol; readonly port: number }): Knock {
  return { protocol, port, portText: `${port}` };
}
