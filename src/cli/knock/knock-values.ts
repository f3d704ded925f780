/** Values that mean the same behind an option and in a profile. Each parser is told by which name people know the value. Pure. */

import { parseDurationMs } from '../../base/duration.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { type Knock, planKnocks, type UsageError } from '../../client/plan.ts';
import { servicePort } from '../../client/service-port.ts';
import { MAX_PORT, parsePort } from '../../net/protocol.ts';
import { DIGEST_NAMES, type DigestName, parseDigestName } from '../../spa/digest.ts';
import { DEFAULT_SHAPE, type SequenceShape } from '../../spa/totp-sequence.ts';

/** A year; a server takes less. */
const MAX_FOR_S = 365 * 86_400;
/** Nobody waits longer, and timers overflow far above it. */
const MAX_TIMEOUT_MS = 86_400_000;
/** As many as a door may have, and as few as the server takes. */
const MAX_STEPS = 32;
const MIN_STEPS = 2;

/** Milliseconds. */
export function parseTimeoutMs(text: string, name: string): Result<number, UsageError> {
  const ms = parseDurationMs(text, 's') ?? 0;
  if (ms >= 1 && ms <= MAX_TIMEOUT_MS) return ok(ms);
  return wrong(name, text, 'a time from 1 ms to a day', '10 is ten seconds, 2m two minutes');
}

/** Seconds. */
export function parseForS(text: string, name: string): Result<number, UsageError> {
  const seconds = Math.round((parseDurationMs(text, 's') ?? 0) / 1000);
  if (seconds >= 1 && seconds <= MAX_FOR_S) return ok(seconds);
  return wrong(name, text, 'a time from 1 s to a year', 'write 30s, 10m or 2h');
}

/** A TCP port; undefined for `none`. */
export function parseWaitPort(text: string, name: string): Result<number | undefined, UsageError> {
  if (text.toLowerCase() === 'none') return ok(undefined);
  const word = text.replace(/^tcp\//i, '');
  const port = parsePort(word) ?? (/^[a-z]/i.test(word) ? servicePort(word, 'tcp') : undefined);
  if (port !== undefined) return ok(port);
  const hint = /^udp\//i.test(text)
    ? "a UDP service does not say that it is there; 'none' waits for nothing"
    : "write 22 or tcp/22; 'none' waits for nothing";
  return wrong(name, text, 'a TCP port', hint);
}

export function parseUdpPort(text: string, name: string): Result<number, UsageError> {
  const port = parsePort(text);
  if (port !== undefined) return ok(port);
  return wrong(name, text, `a port from 1 to ${MAX_PORT}`, 'leave it out for 62201');
}

export function parseHmacType(text: string, name: string): Result<DigestName, UsageError> {
  const type = parseDigestName(text);
  if (type !== undefined) return ok(type);
  return wrong(name, text, 'the name of a digest', `known are ${DIGEST_NAMES.join(', ')}`);
}

export function parseTotpSteps(text: string, name: string): Result<number, UsageError> {
  const steps = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (steps >= MIN_STEPS && steps <= MAX_STEPS) return ok(steps);
  return wrong(name, text, `${MIN_STEPS} to ${MAX_STEPS}`, 'it is Totp_Steps of the server');
}

/** `FIRST-LAST`, with room for `steps` ports. */
export function parseTotpPorts(text: string, name: string, steps: number): Result<SequenceShape, UsageError> {
  const [, low = '0', high = '0'] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const [first, last] = [Number(low), Number(high)];
  const isRange = first >= 1 && last <= MAX_PORT && last - first + 1 >= steps;
  if (isRange) return ok({ ...DEFAULT_SHAPE, steps, first, last });
  return wrong(name, text, 'FIRST-LAST', 'it is Totp_Ports of the server');
}

/** `7301, 48122:udp`: knocks with commas between them. */
export function parseSequence(text: string, isUdp: boolean): Result<readonly Knock[], UsageError> {
  const steps = text.split(',').map((step) => step.trim());
  const plan = planKnocks(['host', ...steps], isUdp, servicePort);
  return plan.ok ? ok(plan.value.knocks) : plan;
}

export function parseHost(text: string, name: string): Result<string, UsageError> {
  if (/^[^\s-]\S*$/.test(text)) return ok(withoutBrackets(text));
  return wrong(name, text, 'a name or an address', 'write one word, as in home.example or 2001:db8::7');
}

/** `[2001:db8::1]` is how addresses stand in URLs. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') && host.includes(':') ? host.slice(1, -1) : host;
}

function wrong(name: string, text: string, expected: string, hint: string) {
  return fail({ message: `${name} '${text}': expected ${expected}`, hint });
}
