/** Sockets over IPv4 that call libc at once, where Node's would wait for its event loop. */

import { libc } from '../src/native/libc.ts';
import { Socket } from '../src/native/socket.ts';

const AF_INET = 2;
export const SOCK_STREAM = 1;

const connectTo = libc().func<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int, const void*, uint32_t)',
);
const listenAt = libc().func<(fd: number, backlog: number) => number>('int listen(int, int)');

/** Never waits for anything. @param port 0: any. @throws Error */
export function boundSocket(type: number, address: string, port = 0): Socket {
  const socket = new Socket(AF_INET, type, 0);
  const refused = socket.bind(socketAddress(address, port));
  if (refused !== undefined) throw new Error(`${address}, port ${port}: ${refused}`);
  return socket;
}

/** Begins to connect. */
export function connect({ fd }: Socket, address: Uint8Array): void {
  connectTo(fd, address, address.length);
}

export function listen({ fd }: Socket, backlog: number): void {
  if (listenAt(fd, backlog) < 0) throw new Error('the port cannot be listened at');
}

/** `struct sockaddr_in` (ip(7)). */
export function socketAddress(ipv4: string, port: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  bytes.set(ipv4.split('.').map(Number), 4);
  return bytes;
}
