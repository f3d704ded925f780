/** Whatever opens a door, as one thing that is sent to addresses: knocks in order, or one packet. */

import { wallMs } from '../../base/clock.ts';
import { OpError } from '../../base/op-error.ts';
import { ownAddress } from '../../client/own-address.ts';
import type { KnockPlan } from '../../client/plan.ts';
import { overBoth, sendKnocks } from '../../client/sender.ts';
import { sealRequest } from '../../client/spa-request.ts';
import { sendSpa } from '../../client/spa-sender.ts';
import { formatIpAddress } from '../../net/ip-address.ts';
import { formatPortOf } from '../../spa/message-text.ts';
import type { Manner } from './knock-arguments.ts';
import type { SpaSending } from './knock-spa-arguments.ts';

/**
 * @param addresses IP literals in the order to try, at least one
 * @returns those that it went to
 * @throws OpError when none takes it
 */
export type Knocker = (addresses: readonly string[]) => Promise<readonly string[]>;

/** Takes a line without its end. */
export type Say = (line: string) => void;

export function sequenceKnocker(plan: KnockPlan, manner: Manner, say: Say): Knocker {
  const options = {
    delayMs: manner.delayMs,
    onSent: ({ protocol, portText }: KnockPlan['knocks'][number], address: string) => {
      if (manner.verbose) say(`hitting ${protocol} ${address}:${portText}`);
    },
  };
  return asManner(manner, (addresses) => sendKnocks(plan, addresses, options));
}

/** Each packet is a new one: a server takes none twice. */
export function spaKnocker({ host, request, own }: SpaSending, manner: Manner, say: Say): Knocker {
  const packetFor = async (address: string) => {
    const named = await ownAddress(own, address);
    const packet = sealRequest(request, named, wallMs());
    if (!packet.ok) {
      const { message, hint } = packet.error;
      throw new OpError({ op: 'make the packet for', target: host, cause: new Error(message), hint });
    }
    if (manner.verbose) {
      const who = named === undefined ? 'whoever sends it' : formatIpAddress(named);
      const what = request.access.map(formatPortOf).join(',');
      say(`sending an SPA packet to udp ${address}:${request.port}: ${what} for ${who}`);
    }
    return packet.value;
  };
  return asManner(manner, async (addresses) => [await sendSpa(addresses, request.port, packetFor)]);
}

function asManner({ bothFamilies }: Manner, send: Knocker): Knocker {
  return bothFamilies ? (addresses) => overBoth(addresses, send) : send;
}
