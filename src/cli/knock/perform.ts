/** Does what a Run says: looks the host up, knocks, waits, does what comes then, and closes. */

import type { Socket } from 'node:net';
import { messageOf, OpError } from '../../base/op-error.ts';
import { joinStandardStreams } from '../../client/join-streams.ts';
import { resolveHost } from '../../client/resolve.ts';
import { FAILED, print, SENT } from './knock-output.ts';
import type { Run } from './knock-run.ts';
import { Knocked } from './knocked.ts';
import { type Say, sequenceKnocker } from './knocker.ts';
import { Impatience, Patience, statusOfSignal } from './patience.ts';
import { runCommand } from './run-command.ts';
import { complain, writeError } from './standard-error.ts';
import { waitForPort } from './wait-for-port.ts';

/** @returns the exit status */
export async function perform(run: Run): Promise<number> {
  const patience = new Patience(run.next.kind !== 'nothing');
  // Without a limit for the whole the one for the wait begins with it.
  if (run.timeoutMs !== undefined) patience.limit(run.timeoutMs);
  try {
    return await knockAndGoOn(run, patience);
  } catch (error) {
    if (!(error instanceof Impatience)) return failed(error);
    // The process would wait for what was given up.
    return process.exit(givenUp(run, patience));
  } finally {
    patience.release();
  }
}

async function knockAndGoOn(run: Run, patience: Patience): Promise<number> {
  const say = sayOf(run);
  const addresses = await patience.until(resolveHost(run.host, run.manner.family));
  const knocker = run.prepare(say);
  if (!knocker.ok) {
    complain(knocker.error.message, knocker.error.hint);
    return knocker.error.status;
  }
  const knocked = new Knocked(addresses, knocker.value);
  await patience.until(knocked.first());
  try {
    return await doNext(run, knocked, patience);
  } finally {
    await close(run, knocked, say);
  }
}

/** Where a command or a stream has standard output, lines go elsewhere. */
function sayOf({ next }: Run): Say {
  if (next.kind === 'nothing' || next.kind === 'wait') return (line) => void print(`${line}\n`);
  return (line) => writeError(`${line}\n`);
}

async function doNext(run: Run, knocked: Knocked, patience: Patience): Promise<number> {
  const { next } = run;
  switch (next.kind) {
    case 'nothing':
      return SENT;
    case 'wait': {
      const socket = await waitFor(run, knocked, patience, next.port);
      if (typeof socket === 'number') return socket;
      socket.destroy();
      return SENT;
    }
    case 'command': {
      const socket = next.port === undefined ? undefined : await waitFor(run, knocked, patience, next.port);
      if (typeof socket === 'number') return socket;
      socket?.destroy();
      patience.release();
      return runCommand(next.words);
    }
    case 'proxy': {
      const socket = await waitFor(run, knocked, patience, next.port, next.host);
      return typeof socket === 'number' ? socket : carry(socket, patience);
    }
  }
}

/** @param host another one than that of the knocks */
async function waitFor(
  run: Run,
  knocked: Knocked,
  patience: Patience,
  port: number,
  host?: string,
): Promise<Socket | number> {
  if (host === undefined || host === run.host)
    return waitForPort(run, knocked, { port, host: run.host, addresses: undefined }, patience);
  const addresses = await patience.until(resolveHost(host, run.manner.family));
  return waitForPort(run, knocked, { port, host, addresses }, patience);
}

/** ssh asks its proxy to end by SIGHUP: what comes afterwards must still be done. */
async function carry(socket: Socket, patience: Patience): Promise<number> {
  patience.unlimit();
  const { remoteAddress: target = '' } = socket;
  try {
    await patience.until(joinStandardStreams(socket));
    return SENT;
  } catch (error) {
    if (error instanceof Impatience) throw error;
    throw new OpError({ op: 'carry the connection to', target, cause: error });
  } finally {
    socket.destroy();
  }
}

async function close({ closing, manner }: Run, { used }: Knocked, say: Say): Promise<void> {
  if (closing === undefined) return;
  const knock = sequenceKnocker(closing, { ...manner, bothFamilies: used.length > 1 }, say);
  try {
    await knock(used);
  } catch (error) {
    complain(
      `the closing sequence was not sent: ${messageOf(error)}`,
      'the door closes by itself in its time',
    );
  }
}

function failed(error: unknown): number {
  complain(messageOf(error), error instanceof OpError ? error.hint : undefined);
  return FAILED;
}

function givenUp({ host, timeoutMs = 0 }: Run, { end }: Patience): number {
  if (end?.kind === 'signal') return statusOfSignal(end.name);
  complain(
    `knocking at '${host}' was not done within ${timeoutMs / 1000} s`,
    'check the network and the name server, or give it more time with --timeout',
  );
  return FAILED;
}
