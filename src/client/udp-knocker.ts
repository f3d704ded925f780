/** UDP knocks: datagrams of one zero byte, all from one socket. */

import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

const PAYLOAD = Uint8Array.of(0);

export class UdpKnocker {
  readonly #address: string;
  #socket: Socket | undefined;

  /** @param address an IP literal. */
  constructor(address: string) {
    this.#address = address;
  }

  /** Resolves when the datagram has left. @throws what sendmsg(2) says, e.g. ENETUNREACH. */
  async knock(port: number): Promise<void> {
    this.#socket ??= await openSocket(this.#address);
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.send(PAYLOAD, port, this.#address, (error) => {
        socket.removeListener('error', reject);
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** After this the knocker is not used again. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

async function openSocket(address: string): Promise<Socket> {
  // Loaded here because most sequences are TCP alone.
  const { createSocket } = await import('node:dgram');
  return createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: literalOnly });
}

/** Stands in for node:dns, which is slow to load and must not be asked a second time. */
function literalOnly(
  literal: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  process.nextTick(callback, null, literal, isIPv6(literal) ? 6 : 4);
}
