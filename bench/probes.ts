/** Connections that are being tried: the newest of them, in the list that poll(2) takes. */

import { libc } from '../src/native/libc.ts';
import type { Socket } from '../src/native/socket.ts';

/** At one each 0.1 ms a probe lives for 20 ms; one that has no answer by then met a shut port. */
const MAX_PROBES = 200;

/** poll(2): `struct pollfd` is an int and two shorts. */
const POLLFD_BYTES = 8;
const POLLOUT = 4;

const poll = libc().func<(list: Uint8Array, count: number, waitMs: number) => number>(
  'int poll(_Inout_ void*, unsigned long, int)',
);

export class Probes {
  readonly #sockets: Socket[] = [];
  readonly #bytes = new Uint8Array(MAX_PROBES * POLLFD_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #next = 0;

  add(socket: Socket): void {
    const place = this.#next;
    this.#next = (place + 1) % MAX_PROBES;
    this.#sockets[place]?.close();
    this.#sockets[place] = socket;
    this.#view.setInt32(place * POLLFD_BYTES, socket.fd, true);
    this.#view.setInt16(place * POLLFD_BYTES + 4, POLLOUT, true);
  }

  isAnyConnected(): boolean {
    if (poll(this.#bytes, this.#sockets.length, 0) <= 0) return false;
    return this.#sockets.some((_, at) => this.#view.getInt16(at * POLLFD_BYTES + 6, true) === POLLOUT);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
