/** `knock --spa`: one packet that says who sent it, instead of knocks. */

import { wallMs } from '../../base/clock.ts';
import { OpError } from '../../base/op-error.ts';
import { ownAddress } from '../../client/own-address.ts';
import { type Family, resolveHost } from '../../client/resolve.ts';
import { sealRequest } from '../../client/spa-request.ts';
import { sendSpa } from '../../client/spa-sender.ts';
import { formatIpAddress } from '../../net/ip-address.ts';
import { formatPortOf } from '../../spa/message-text.ts';
import { print } from './knock-output.ts';
import type { SpaSending } from './knock-spa-arguments.ts';

/** @throws OpError */
export async function sendSpaPacket(
  { host, request, own }: SpaSending,
  family: Family,
  verbose: boolean,
): Promise<void> {
  const addresses = await resolveHost(host, family);
  await sendSpa(addresses, request.port, async (address) => {
    const named = await ownAddress(own, address);
    const packet = sealRequest(request, named, wallMs());
    if (!packet.ok)
      throw new OpError({
        op: 'make the packet for',
        target: host,
        cause: new Error(packet.error.message),
        hint: packet.error.hint,
      });
    if (verbose) {
      const who = named === undefined ? 'whoever sends it' : formatIpAddress(named);
      const what = request.access.map(formatPortOf).join(',');
      void print(`sending an SPA packet to udp ${address}:${request.port}: ${what} for ${who}\n`);
    }
    return packet.value;
  });
}
