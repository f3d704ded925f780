/**
 * The operands of `knock` to what will be sent: a host and its knocks, in order. Pure. Nothing is sent of a command
 * line that has a fault anywhere.
 */

import { fail, ok, type Result } from '../base/result.ts';
import { MAX_PORT, type Protocol, parsePort, parseProtocol } from '../net/protocol.ts';

/** A door has at most 32 steps; this leaves room for whoever opens several in one go, and bounds the time of a run. */
export const MAX_KNOCKS = 1024;

/** An hour: longer than any sequence timeout makes sense, far below the 2^31 ms where timers overflow. */
export const MAX_DELAY_MS = 3_600_000;

export interface Knock {
  readonly protocol: Protocol;
  readonly port: number;
  /** The port as the user wrote it, for messages. */
  readonly portText: string;
}

export interface KnockPlan {
  /** A name or an address literal, not yet resolved; without brackets. */
  readonly host: string;
  /** At least one. */
  readonly knocks: readonly Knock[];
}

/** Why a command line cannot be followed, and what to write instead. */
export interface UsageError {
  readonly message: string;
  readonly hint: string;
}

/** The port of a service name, as /etc/services gives it for a protocol. */
export type ServiceLookup = (name: string, protocol: Protocol) => number | undefined;

const FORM_HINT = "the form is HOST PORT[:PROTO]..., as in 'knock host.example 7000 8000:udp'";

/**
 * @param operands host, then `port[:tcp|udp]` each; a port may be a service name.
 * @param allUdp every knock is a datagram, even where the operand says tcp.
 */
export function planKnocks(
  operands: readonly string[],
  allUdp: boolean,
  lookupService: ServiceLookup,
): Result<KnockPlan, UsageError> {
  const [host, ...words] = operands;
  if (host === undefined) return fail({ message: 'no host given', hint: FORM_HINT });
  if (host === '') return fail({ message: "host '': expected a name or an address", hint: FORM_HINT });
  if (words.length === 0) return fail({ message: `no port given for host '${host}'`, hint: FORM_HINT });
  if (words.length > MAX_KNOCKS) return fail(tooMany(words.length));
  const knocks: Knock[] = [];
  for (const word of words) {
    const knock = parseKnock(word, allUdp, lookupService);
    if (!knock.ok) return knock;
    knocks.push(knock.value);
  }
  return ok({ host: withoutBrackets(host), knocks });
}

/** Milliseconds between knocks, from the value of --delay. */
export function parseDelayMs(text: string): Result<number, UsageError> {
  const delayMs = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (delayMs <= MAX_DELAY_MS) return ok(delayMs);
  return fail({
    message: `delay '${text}': expected whole milliseconds from 0 to ${MAX_DELAY_MS}`,
    hint: "write '--delay 200' for a fifth of a second between knocks",
  });
}

function parseKnock(word: string, allUdp: boolean, lookupService: ServiceLookup): Result<Knock, UsageError> {
  const colon = word.indexOf(':');
  const portText = colon < 0 ? word : word.slice(0, colon);
  const given = colon < 0 ? 'tcp' : parseProtocol(word.slice(colon + 1));
  if (given === undefined) return fail(badProtocol(word, portText));
  const protocol = allUdp ? 'udp' : given;
  const port = parsePort(portText) ?? servicePort(portText, protocol, lookupService);
  if (port === undefined) return fail(badPort(word, portText, protocol));
  return ok({ protocol, port, portText });
}

function servicePort(text: string, protocol: Protocol, lookupService: ServiceLookup): number | undefined {
  return text === '' || /^\d+$/.test(text) ? undefined : lookupService(text, protocol);
}

/** `[2001:db8::1]` is how addresses stand in URLs, and no host name has brackets. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') && host.includes(':') ? host.slice(1, -1) : host;
}

function tooMany(count: number): UsageError {
  return { message: `${count} ports: expected at most ${MAX_KNOCKS}`, hint: 'send them in several runs' };
}

function badProtocol(word: string, portText: string): UsageError {
  return {
    message: `knock '${word}': expected 'tcp' or 'udp' after the colon`,
    hint: `write '${portText}:udp' for a datagram, '${portText}' for a TCP knock`,
  };
}

function badPort(word: string, portText: string, protocol: Protocol): UsageError {
  const message = `knock '${word}': expected a port from 1 to ${MAX_PORT} or a ${protocol} service name`;
  if (!portText.includes(',') && !word.startsWith('-')) return { message, hint: FORM_HINT };
  return { message, hint: portText.includes(',') ? 'separate ports by spaces' : 'options stand before --' };
}
