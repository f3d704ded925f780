/**
 * `node listener.js PORT`: a TCP port that the kernel answers, and nobody else. A service that takes connections as they come
 * would run on the core that looks for them, and half a millisecond of it would count.
 */

import { libc } from '../src/native/libc.ts';

const AF_INET = 2;
const SOCK_STREAM = 1;
/** More than the connections of all rounds. */
const BACKLOG = 4096;

const port = Number(process.argv[2]);
/** `struct sockaddr_in` (ip(7)): all addresses. */
const address = new Uint8Array(16);
new DataView(address.buffer).setUint16(0, AF_INET, true);
new DataView(address.buffer).setUint16(2, port);

const lib = libc();
const socket =
  lib.func<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)');
const bind = lib.func<(fd: number, to: Uint8Array, length: number) => number>(
  'int bind(int, const void*, uint32_t)',
);
const listen = lib.func<(fd: number, backlog: number) => number>('int listen(int, int)');

const fd = socket(AF_INET, SOCK_STREAM, 0);
if (bind(fd, address, address.length) < 0 || listen(fd, BACKLOG) < 0)
  throw new Error(`no port ${port} to listen at`);
console.log('up');
setInterval(() => {}, 3_600_000);
