/**
 * Sends a plan: each knock only after the one before it has left, so the order on the wire is the order of the plan.
 * The first address that takes the first knock takes all; there is no second try once a knock has left, because a
 * server would see a broken sequence.
 */

import { isIP } from 'node:net';
import { errnoName, messageOf, OpError } from '../base/op-error.ts';
import type { Knock, KnockPlan } from './plan.ts';
import { knockTcp } from './tcp-knock.ts';
import { UdpKnocker } from './udp-knocker.ts';

export interface SendOptions {
  /** Between two knocks; none before the first and after the last. */
  readonly delayMs: number;
  /** Called as each knock has left. @param address the literal that it went to. */
  readonly onSent: (knock: Knock, address: string) => void;
}

/**
 * @param addresses IP literals in the order to try, at least one
 * @returns the one that the knocks went to
 * @throws OpError for the first knock that cannot leave
 */
export async function sendKnocks(
  plan: KnockPlan,
  addresses: readonly string[],
  options: SendOptions,
): Promise<readonly string[]> {
  const failures: OpError[] = [];
  for (const address of addresses) {
    const failure = await sendTo(address, plan.knocks, options);
    if (failure === undefined) return [address];
    if (failure.at > 0) throw failure.error;
    failures.push(failure.error);
  }
  // The address that the resolver prefers is the one whose failure the user can best act on.
  throw failures[0];
}

/**
 * The same over IPv4 and then over IPv6, for a server that lets in each address alone: whoever connects later may use
 * either. A family that cannot be used is no fault as long as the other one can.
 * @returns the addresses that the knocks went to
 * @throws OpError when neither can
 */
export async function sendOverBoth(
  plan: KnockPlan,
  addresses: readonly string[],
  options: SendOptions,
): Promise<readonly string[]> {
  return overBoth(addresses, (family) => sendKnocks(plan, family, options));
}

/** The same for anything that is sent to the first address of a list that takes it. @throws what `send` throws */
export async function overBoth(
  addresses: readonly string[],
  send: (family: readonly string[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const failures: unknown[] = [];
  const used: string[] = [];
  for (const version of [4, 6]) {
    const family = addresses.filter((each) => isIP(each) === version);
    if (family.length === 0) continue;
    try {
      used.push(...(await send(family)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (used.length === 0) throw failures[0];
  return used;
}

interface Failure {
  /** How many knocks had left before. */
  readonly at: number;
  readonly error: OpError;
}

async function sendTo(
  address: string,
  knocks: readonly Knock[],
  options: SendOptions,
): Promise<Failure | undefined> {
  const udp = new UdpKnocker(address);
  try {
    for (const [at, knock] of knocks.entries()) {
      if (at > 0 && options.delayMs > 0) await pause(options.delayMs);
      try {
        refuseWithoutZone(address);
        await (knock.protocol === 'tcp' ? knockTcp(address, knock.port) : udp.knock(knock.port));
      } catch (cause) {
        return { at, error: sendError(address, knock, at, cause) };
      }
      options.onSent(knock, address);
    }
    return undefined;
  } finally {
    udp.close();
  }
}

/** The kernel refuses it, but from version 22 on Node guesses an interface first. */
function refuseWithoutZone(address: string): void {
  if (isLinkLocal(address) && !address.includes('%')) {
    throw Object.assign(new Error('a link-local address without its interface'), { code: 'EINVAL' });
  }
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function sendError(address: string, knock: Knock, at: number, cause: unknown): OpError {
  const code = errnoName(cause);
  return new OpError({
    op: `send knock ${at + 1}`,
    target: `${knock.protocol} ${address}:${knock.portText}`,
    ...(code === undefined ? {} : { code }),
    cause: new Error(causeText(code) ?? messageOf(cause)),
    hint: hintFor(address, code),
  });
}

function causeText(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENETUNREACH':
      return 'the network is unreachable';
    case 'EHOSTUNREACH':
      return 'the host is unreachable';
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'this machine has no address of that family';
    case 'EPERM':
    case 'EACCES':
      return "this machine's firewall or routes forbid it";
    case 'EINVAL':
      return 'the address cannot be reached as it is written';
    default:
      return undefined;
  }
}

function hintFor(address: string, code: string | undefined): string {
  const linkLocal = isLinkLocal(address);
  if (linkLocal && !address.includes('%')) return `name the interface, as in '${address}%eth0'`;
  if (linkLocal) return 'check the interface behind the % sign';
  if (code === 'EPERM' || code === 'EACCES') return 'allow outgoing packets to this address';
  return "check the network and the route ('ip route get ADDRESS'), or try -4 or -6";
}
