/**
 * Waits until a TCP port answers, by connection attempts of which there is never more than one at a time: the one that is answered is
 * handed over, so a server's service sees no connection that nobody uses. Reads and writes nothing.
 */

import { connect, type Socket } from 'node:net';
import { errnoName, messageOf } from '../base/op-error.ts';

export interface Opening {
  /** IP literals, asked for anew before each round: another one may be knocked at meanwhile. At least one. */
  readonly addresses: () => readonly string[];
  readonly port: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

export type Opened =
  /** The socket stays open for writing when the other side ends. Its errors are the caller's to listen for. */
  | { readonly kind: 'open'; readonly socket: Socket }
  /** Until the signal came. `reason`: what the last attempt that was answered was told, undefined when none was. */
  | { readonly kind: 'shut'; readonly attempts: number; readonly reason: string | undefined };

/** A daemon opens within some milliseconds of the last knock. A SYN before that is dropped, and the attempt waits for nothing. */
const FIRST_PAUSE_MS = 10;
/** Longer than most round trips; doubled from round to round, for those that are not. */
const FIRST_LIMIT_MS = 250;
/** The kernel repeats a SYN after one second: a longer attempt gains nothing. */
const LONGEST_LIMIT_MS = 2000;
/** Who is refused at once is soon refused again. */
const REFUSED_PAUSE_MS = 250;

export async function waitUntilOpen({ addresses, port, signal }: Opening): Promise<Opened> {
  let attempts = 0;
  let reason: string | undefined;
  let limitMs = FIRST_LIMIT_MS;
  await pause(FIRST_PAUSE_MS, signal);
  while (!signal.aborted) {
    for (const address of addresses()) {
      if (signal.aborted) break;
      attempts++;
      const outcome = await attempt(address, port, limitMs, signal);
      if (outcome.kind === 'open') return outcome;
      if (outcome.kind === 'refused') {
        reason = outcome.reason;
        await pause(Math.min(limitMs, REFUSED_PAUSE_MS), signal);
      }
    }
    limitMs = Math.min(limitMs * 2, LONGEST_LIMIT_MS);
  }
  return { kind: 'shut', attempts, reason };
}

type Attempt =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent' };

function attempt(address: string, port: number, limitMs: number, signal: AbortSignal): Promise<Attempt> {
  const socket = connect({ host: address, port, autoSelectFamily: false, allowHalfOpen: true });
  return new Promise((resolve) => {
    const end = (outcome: Attempt) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.off('connect', answered).off('error', refused);
      if (outcome.kind !== 'open') {
        socket.on('error', () => {}); // a late answer to an attempt that is over
        socket.destroy();
      }
      resolve(outcome);
    };
    const giveUp = () => end({ kind: 'silent' });
    const answered = () => end({ kind: 'open', socket });
    const refused = (error: Error) => end({ kind: 'refused', reason: reasonOf(error) });
    const timer = setTimeout(giveUp, limitMs);
    signal.addEventListener('abort', giveUp);
    socket.once('connect', answered);
    socket.once('error', refused);
  });
}

function reasonOf(error: Error): string {
  switch (errnoName(error)) {
    case 'ECONNREFUSED':
      return 'it was refused';
    case 'EHOSTUNREACH':
    case 'EACCES':
      return 'a firewall or router on the way refused it';
    case 'ENETUNREACH':
      return 'the network is unreachable';
    default:
      return messageOf(error);
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener('abort', end);
  });
}
