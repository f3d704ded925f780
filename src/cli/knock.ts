/** The program `knock`. What knock 0.8 does is done here; the rest is loaded when it is asked for. */

import { messageOf, OpError } from '../base/op-error.ts';
import type { UsageError } from '../client/plan.ts';
import { resolveHost } from '../client/resolve.ts';
import { sendKnocks, sendOverBoth } from '../client/sender.ts';
import { type KnockRequest, parseKnockArguments, type SendRequest } from './knock/knock-arguments.ts';
import { FAILED, print, printError, SENT, WRONG_USAGE } from './knock/knock-output.ts';

/** @param argv the arguments after the program's name. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const request = parseKnockArguments(argv);
  return request.ok ? serve(request.value) : wrongUsage(request.error);
}

async function serve(request: KnockRequest): Promise<number> {
  switch (request.kind) {
    case 'send':
      return send(request);
    case 'more':
      return (await import('./knock/knock-more.ts')).more(request);
    case 'help':
      return say((await import('./knock/knock-help.ts')).HELP);
    case 'version':
      return say((await import('./version.ts')).versionLine('knock'));
  }
}

async function send({ plan, family, bothFamilies, delayMs, verbose }: SendRequest): Promise<number> {
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

async function say(text: string): Promise<number> {
  return (await print(text)) ? SENT : FAILED;
}

function wrongUsage({ message, hint }: UsageError): number {
  printError(message, hint);
  return WRONG_USAGE;
}
