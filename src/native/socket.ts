/** Sockets of the kinds that Node does not have. */

import { OpError } from '../base/op-error.ts';
import { lastErrno, libc } from './libc.ts';
import type { Pointer } from './library.ts';
import { once } from './once.ts';

export const AF_UNIX = 1;
export const AF_NETLINK = 16;
/** Protocol of AF_NETLINK. */
export const NETLINK_NETFILTER = 12;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

const calls = once(() => {
  const lib = libc();
  return {
    socket: lib.func<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)'),
    bind: lib.func<(fd: number, address: Uint8Array, length: number) => number>(
      'int bind(int, const void*, uint32_t)',
    ),
    send: lib.func<(fd: number, bytes: Uint8Array, length: number, flags: number) => number>(
      'intptr_t send(int, const void*, size_t, int)',
    ),
    sendto: lib.func<
      (
        fd: number,
        bytes: Uint8Array,
        length: number,
        flags: number,
        to: Uint8Array,
        toLength: number,
      ) => number
    >('intptr_t sendto(int, const void*, size_t, int, const void*, uint32_t)'),
    recv: lib.func<(fd: number, into: Uint8Array, length: number, flags: number) => number>(
      'intptr_t recv(int, _Out_ void*, size_t, int)',
    ),
    setsockopt: lib.func<
      (fd: number, level: number, option: number, value: Uint8Array | Pointer, length: number) => number
    >('int setsockopt(int, int, int, const void*, uint32_t)'),
    close: lib.func<(fd: number) => number>('int close(int)'),
  };
});

/** Calls on one descriptor; each gives an errno name instead of a value when it fails. */
export class Socket {
  readonly fd: number;

  /** @throws OpError */
  constructor(domain: number, type: number, protocol: number) {
    this.fd = calls().socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (this.fd < 0)
      throw new OpError({ op: 'make a socket of family', target: `${domain}`, code: lastErrno() });
  }

  bind(address: Uint8Array): string | undefined {
    return calls().bind(this.fd, address, address.length) < 0 ? lastErrno() : undefined;
  }

  send(bytes: Uint8Array): string | undefined {
    return calls().send(this.fd, bytes, bytes.length, 0) < 0 ? lastErrno() : undefined;
  }

  sendTo(bytes: Uint8Array, to: Uint8Array): string | undefined {
    return calls().sendto(this.fd, bytes, bytes.length, 0, to, to.length) < 0 ? lastErrno() : undefined;
  }

  /** The number of bytes written to `into`, or an errno name (EAGAIN when there is nothing). */
  receive(into: Uint8Array): number | string {
    const length = calls().recv(this.fd, into, into.length, 0);
    return length < 0 ? lastErrno() : length;
  }

  close(): void {
    calls().close(this.fd);
  }
}

/** setsockopt on a descriptor that another library made. Gives an errno name when it fails. */
export function setSocketOption(
  fd: number,
  level: number,
  option: number,
  value: Uint8Array,
): string | undefined {
  return calls().setsockopt(fd, level, option, value, value.length) < 0 ? lastErrno() : undefined;
}
