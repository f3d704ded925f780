/** The program `knock`. Exit status: 0 every knock was sent, 1 wrong usage, 2 name, network or output error, 3 wrong profile. */

import { messageOf, OpError } from '../base/op-error.ts';
import type { UsageError } from '../client/plan.ts';
import { resolveHost } from '../client/resolve.ts';
import { sendKnocks, sendOverBoth } from '../client/sender.ts';
import {
  type KnockRequest,
  type LineRequest,
  parseKnockArguments,
  type SendRequest,
} from './knock/knock-arguments.ts';
import { print, printError } from './knock/knock-output.ts';

const SENT = 0;
const WRONG_USAGE = 1;
const FAILED = 2;
const WRONG_PROFILE = 3;

/** @param argv the arguments after the program's name. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const request = parseKnockArguments(argv);
  if (request.ok) return serve(request.value);
  const [name = ''] = argv;
  return argv.length === 1 && !name.startsWith('-')
    ? knockProfile(name, request.error)
    : wrongUsage(request.error);
}

/** @param otherwise what is wrong with the command line where `name` is no profile */
async function knockProfile(name: string, otherwise: UsageError): Promise<number> {
  try {
    const line = (await import('./knock/knock-profile.ts')).argumentsOfProfile(name);
    if (line.ok && line.value === undefined) return wrongUsage(otherwise);
    if (line.ok) {
      const request = parseKnockArguments(line.value ?? []);
      if (request.ok) return await serve(request.value);
      printError(`profile '${name}': ${request.error.message}`, request.error.hint);
    } else process.stderr.write(line.error);
  } catch (error) {
    printError(messageOf(error), error instanceof OpError ? error.hint : undefined);
  }
  return WRONG_PROFILE;
}

async function serve(value: KnockRequest): Promise<number> {
  if (value.kind === 'send') return send(value);
  if (value.kind !== 'help' && value.kind !== 'version') return sendOther(value);
  const text =
    value.kind === 'help'
      ? (await import('./knock/knock-help.ts')).HELP
      : (await import('./version.ts')).versionLine('knock');
  return (await print(text)) ? SENT : FAILED;
}

/** What has no ports on its command line. */
async function sendOther(request: LineRequest): Promise<number> {
  try {
    if (request.kind === 'spa') return await sendSpa(request);
    const plan = (await import('./knock/knock-sequence.ts')).planOf(request.kind, request.line);
    if (plan.ok) return await send({ ...request, kind: 'send', plan: plan.value });
    return wrongUsage(plan.error);
  } catch (error) {
    return failed(error);
  }
}

async function sendSpa({ line, family, verbose }: LineRequest): Promise<number> {
  const sending = (await import('./knock/knock-spa-arguments.ts')).parseSpaArguments(line);
  if (!sending.ok) return wrongUsage(sending.error);
  await (await import('./knock/knock-spa.ts')).sendSpaPacket(sending.value, family, verbose);
  return SENT;
}

function wrongUsage({ message, hint }: UsageError): number {
  printError(message, hint);
  return WRONG_USAGE;
}

function failed(error: unknown): number {
  printError(messageOf(error), error instanceof OpError ? error.hint : undefined);
  return FAILED;
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
    return failed(error);
  }
}
