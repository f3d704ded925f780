/** A set of TCP and UDP ports as one bit each: 16 KiB, looked up in constant time. */

import type { Protocol } from '../net/protocol.ts';
import { TCP } from '../net/protocol.ts';

const WORDS = 65_536 / 32;

export class PortSet {
  readonly #bits = new Int32Array(2 * WORDS);

  /** Adds the ports from `first` to `last`, for both protocols when none is given. */
  add(first: number, last: number, protocol: Protocol | undefined): void {
    for (let port = first; port <= last; port++) {
      if (protocol !== 'udp') this.#set(port);
      if (protocol !== 'tcp') this.#set(65_536 + port);
    }
  }

  /** `protocol` is the number in the IP header. */
  has(protocol: number, port: number): boolean {
    const bit = protocol === TCP ? port : 65_536 + port;
    return (this.#bits[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }

  #set(bit: number): void {
    this.#bits[bit >>> 5]! |= 1 << (bit & 31);
  }
}
