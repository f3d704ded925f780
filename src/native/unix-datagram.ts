/** One datagram to a unix socket: sd_notify, journald and syslog are spoken to so. */

import { AF_UNIX, SOCK_DGRAM, Socket } from './socket.ts';

/** sockaddr_un holds 108 bytes of path (unix(7)). */
const MAX_PATH_BYTES = 107;

/**
 * Never waits: a receiver whose queue is full gives `EAGAIN`.
 * @param path a leading `@` means an abstract name, as in NOTIFY_SOCKET
 * @returns undefined when it was sent, else the errno name
 * @throws OpError when there is no socket to be had (too many open files)
 */
export function sendUnixDatagram(path: string, bytes: Uint8Array): string | undefined {
  const to = unixAddress(path);
  if (to === undefined) return 'ENAMETOOLONG';
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  try {
    return socket.sendTo(bytes, to);
  } finally {
    socket.close();
  }
}

function unixAddress(path: string): Uint8Array | undefined {
  const name = Buffer.from(path);
  if (name.length === 0 || name.length > MAX_PATH_BYTES) return undefined;
  const isAbstract = path.startsWith('@');
  if (isAbstract) name[0] = 0;
  const address = Buffer.alloc(2 + name.length + (isAbstract ? 0 : 1));
  new Uint16Array(address.buffer, address.byteOffset, 1)[0] = AF_UNIX;
  name.copy(address, 2);
  return address;
}
