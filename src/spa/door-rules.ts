/** What a door allows of a packet that is authentic and new. */

import { fail, ok, type Result } from '../base/result.ts';
import type { IpAddress } from '../net/ip-address.ts';
import type { PortRange } from '../net/port-range.ts';
import { prefixContains, prefixOf } from '../net/prefix.ts';
import type { SpaRefusal } from './refusal.ts';
import type { SpaDoor } from './spa-door.ts';
import type { PortOf, ReceivedPacket, SpaMessage } from './spa-packet.ts';

export interface SpaRequest {
  /** Whom to open for. */
  readonly address: IpAddress;
  /** One at least, all of them offered. */
  readonly ports: readonly PortOf[];
  /** Seconds that the client asked for; undefined: the door's own time. */
  readonly timeoutS: number | undefined;
}

export function applyRules(
  door: SpaDoor,
  { user, message }: ReceivedPacket,
  source: IpAddress,
): Result<SpaRequest, SpaRefusal> {
  if (door.users !== undefined && !door.users.includes(user)) return fail({ reason: 'user', user });
  if (!isAllowed(door, source)) return fail({ reason: 'source-not-allowed' });
  if (message.kind === 'command') return fail({ reason: 'command' });
  if (message.kind !== 'access') return fail({ reason: 'nat' });
  const address = addressFor(door, message.address, source);
  if (!address.ok) return address;
  const refusal = askedTooMuch(door, message);
  return refusal === undefined
    ? ok({ address: address.value, ports: message.ports, timeoutS: message.timeoutS })
    : fail(refusal);
}

function isAllowed({ allowFrom }: SpaDoor, source: IpAddress): boolean {
  return allowFrom.length === 0 || allowFrom.some((prefix) => prefixContains(prefix, source));
}

function addressFor(
  { anySource, otherAddress }: SpaDoor,
  asked: IpAddress | undefined,
  source: IpAddress,
): Result<IpAddress, SpaRefusal> {
  if (asked === undefined) return anySource ? ok(source) : fail({ reason: 'any-source' });
  return otherAddress || prefixContains(prefixOf(asked), source)
    ? ok(asked)
    : fail({ reason: 'address-differs', address: asked });
}

function askedTooMuch(
  { ports: offers, maxTimeoutS }: SpaDoor,
  { ports, timeoutS }: Extract<SpaMessage, { kind: 'access' }>,
): SpaRefusal | undefined {
  const port = ports.find((each) => !offers.some((offer) => offersPort(offer, each)));
  if (port !== undefined) return { reason: 'port-not-offered', port };
  if (timeoutS !== undefined && timeoutS > maxTimeoutS)
    return { reason: 'timeout-too-long', timeoutS, maxTimeoutS };
  return undefined;
}

function offersPort(offer: PortRange, { protocol, port }: PortOf): boolean {
  return offer.protocol === protocol && offer.first <= port && port <= offer.last;
}
