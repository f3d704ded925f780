/** The program `knock`. Exit status: 0 every knock was sent, 1 wrong usage, 2 name, network or output error. */

import { messageOf, OpError } from '../base/op-error.ts';
import { resolveHost } from '../client/resolve.ts';
import { sendKnocks, sendOverBoth } from '../client/sender.ts';
import { parseKnockArguments, type SendRequest } from './knock-arguments.ts';
import { print, printError } from './knock-output.ts';

const SENT = 0;
const WRONG_USAGE = 1;
const FAILED = 2;

/** @param argv the arguments after the program's name. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const request = parseKnockArguments(argv);
  if (!request.ok) {
    printError(request.error.message, request.error.hint);
    return WRONG_USAGE;
  }
  if (request.value.kind === 'send') return send(request.value);
  const text =
    request.value.kind === 'help'
      ? (await import('./knock-help.ts')).HELP
      : (await import('./version.ts')).versionLine('knock');
  return (await print(text)) ? SENT : FAILED;
}

async function send(request: SendRequest): Promise<number> {
  const { plan, family, bothFamilies, delayMs, verbose } = request;
  const sendAll = bothFamilies ? sendOverBoth : sendKnocks;
  try {
    await sendAll(plan, await resolveHost(plan.host, family), {
      delayMs,
      onSent: ({ protocol, portText }, address) => {
        if (verbose) void print(`hitting ${protocol} ${address}:${portText}\n`);
      },
    });
    return SENT;
  } catch (error) {
    printError(messageOf(error), error instanceof OpError ? error.hint : undefined);
    return FAILED;
  }
}
