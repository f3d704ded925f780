/** Sequences that `knock` knows without being told the ports: time-based ones, and the next one of a one-time file. */

import { wallMs } from '../../base/clock.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { Knock, KnockPlan, UsageError } from '../../client/plan.ts';
import type { Diagnostic } from '../../config/config.ts';
import { markUsed, readOneTimeFile } from '../../config/one-time-sequences.ts';
import { MAX_PORT, type Protocol } from '../../net/protocol.ts';
import { readSecretText } from '../../spa/key-text.ts';
import { parseTotpSecret } from '../../spa/totp-secret.ts';
import { DEFAULT_SHAPE, type SequenceShape, totpSequence, totpStep } from '../../spa/totp-sequence.ts';
import type { CommandLine } from '../getopt.ts';

/** The plan that `--totp` or `--one-time` stands for. */
export function planOf(kind: 'totp' | 'one-time', line: CommandLine): Result<KnockPlan, UsageError> {
  const option = (name: string) => line.options.findLast((given) => given.name === name)?.value;
  const [host, ...surplus] = line.operands;
  if (host === undefined || host === '' || surplus.length > 0) {
    const message =
      host === undefined ? 'no host given' : `'${surplus[0] ?? ''}': the sequence is known already`;
    return fail({
      message,
      hint: `the form is 'knock --${kind} ${kind === 'totp' ? 'SECRET' : 'FILE'} HOST'`,
    });
  }
  if (kind === 'one-time') return oneTimePlan(host, option('one-time') ?? '');
  return totpPlan(host, {
    secret: option('totp') ?? '',
    steps: option('totp-steps'),
    ports: option('totp-ports'),
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
function totpPlan(host: string, options: TotpOptions): Result<KnockPlan, UsageError> {
  const text = readSecretText(options.secret);
  if (!text.ok) return fail(text.error);
  const secret = parseTotpSecret(text.value);
  if (!secret.ok) return fail({ ...secret.error, message: `--totp: ${secret.error.message}` });
  const shape = shapeOf(options);
  if (!shape.ok) return shape;
  return ok({ host, knocks: totpSequence(secret.value, totpStep(wallMs()), shape.value).map(knockOf) });
}

/** The first unused line, which is used from then on: a server that misses it wants the next one. */
function oneTimePlan(host: string, path: string): Result<KnockPlan, UsageError> {
  const next = readOneTimeFile(path);
  if (!next.ok) return fail(usageOf(next.error));
  const used = markUsed(next.value);
  if (!used.ok) return fail(usageOf(used.error));
  return ok({ host, knocks: next.value.steps.map(knockOf) });
}

function usageOf(fault: Diagnostic): UsageError {
  const { file, line, message, hint = 'the file has a sequence a line, as the server has it' } = fault;
  return { message: `${line > 0 ? `${file}:${line}` : file}: ${message}`, hint };
}

function shapeOf({
  steps = `${DEFAULT_SHAPE.steps}`,
  ports,
}: TotpOptions): Result<SequenceShape, UsageError> {
  const count = /^\d{1,2}$/.test(steps) ? Number(steps) : 0;
  if (count < 2 || count > 32) {
    return fail({
      message: `--totp-steps '${steps}': expected 2 to 32`,
      hint: 'it is Totp_Steps of the server',
    });
  }
  if (ports === undefined) return ok({ ...DEFAULT_SHAPE, steps: count });
  const [, low = '0', high = '0'] = /^(\d{1,5})-(\d{1,5})$/.exec(ports) ?? [];
  const [first, last] = [Number(low), Number(high)];
  if (first >= 1 && last <= MAX_PORT && last - first + 1 >= count)
    return ok({ ...DEFAULT_SHAPE, steps: count, first, last });
  return fail({
    message: `--totp-ports '${ports}': expected FIRST-LAST`,
    hint: 'it is Totp_Ports of the server',
  });
}

function knockOf({ protocol, port }: { readonly protocol: Protocol; readonly port: number }): Knock {
  return { protocol, port, portText: `${port}` };
}
