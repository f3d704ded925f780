/** Sends SPA packets: one datagram to one address, the first that takes it. */

import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { errnoName, OpError } from '../base/op-error.ts';

/**
 * @param addresses IP literals in the order to try
 * @param packetFor the packet to send there, which may depend on the address
 * @returns the address that it went to
 * @throws OpError for the address that is preferred, when none takes it
 */
export async function sendSpa(
  addresses: readonly string[],
  port: number,
  packetFor: (address: string) => Promise<string>,
): Promise<string> {
  const failures: unknown[] = [];
  for (const address of addresses) {
    try {
      await sendDatagram(address, port, await packetFor(address));
      return address;
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

function sendDatagram(address: string, port: number, packet: string): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(packet, port, address, (error) => (error === null ? resolve() : reject(error)));
  })
    .catch((cause: unknown) => {
      const code = errnoName(cause);
      const hint = "check the network and the route ('ip route get ADDRESS'), or try -4 or -6";
      const target = `udp ${address}:${port}`;
      throw new OpError({
        op: 'send the packet to',
        target,
        ...(code === undefined ? {} : { code }),
        cause,
        hint,
      });
    })
    .finally(() => socket.close());
}
