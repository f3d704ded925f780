/** Connections that are being tried: the newest of them, in the list that poll(2) takes. */

import { libc } from '../src/native/libc.ts';

/** At one each 0.1 ms a probe lives for 20 ms; one that has no answer by then met a shut port. */
const MAX_PROBES = 200;

/** poll(2): `struct pollfd` is an int and two shorts. */
const POLLFD_BYTES = 8;
const POLLOUT = 4;

const poll = libc().func<(list: Uint8Array, count: number, waitMs: number) => number>(
  'int poll(_Inout_ void*, unsigned long, int)',
);
export const closeSocket = libc().func<(fd: number) => number>('int close(int)');

export class Probes {
  readonly #bytes = new Uint8Array(MAX_PROBES * POLLFD_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #count = 0;

  add(fd: number): void {
    const at = (this.#count % MAX_PROBES) * POLLFD_BYTES;
    if (this.#count >= MAX_PROBES) closeSocket(this.#view.getInt32(at, true));
    this.#view.setInt32(at, fd, true);
    this.#view.setInt16(at + 4, POLLOUT, true);
    this.#count++;
  }

  isAnyConnected(): boolean {
    const count = Math.min(this.#count, MAX_PROBES);
    if (poll(this.#bytes, count, 0) <= 0) return false;
    for (let at = 0; at < count; at++)
      if (this.#view.getInt16(at * POLLFD_BYTES + 6, true) === POLLOUT) return true;
    return false;
  }

  close(): void {
    for (let at = 0; at < Math.min(this.#count, MAX_PROBES); at++)
      closeSocket(this.#view.getInt32(at * POLLFD_BYTES, true));
  }
}
