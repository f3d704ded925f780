/** A set of addresses that numbers its members from 1: open addressing over four words, looked up for every packet. */

import type { IpAddress } from '../net/ip-address.ts';

const CELLS = 5;

export class AddressSet {
  readonly #cells: Int32Array;
  readonly #mask: number;
  readonly size: number;
  /** What was asked last: most packets go where the one before them went. */
  #last0 = 0;
  #last1 = 0;
  #last2 = 0;
  #last3 = 0;
  #lastNumber = 0;

  /** Equal addresses get one number. */
  constructor(addresses: readonly IpAddress[]) {
    const slots = 1 << Math.ceil(Math.log2(Math.max(4, addresses.length * 2)));
    this.#mask = slots - 1;
    this.#cells = new Int32Array(slots * CELLS);
    let size = 0;
    for (const { w0, w1, w2, w3 } of addresses) {
      const slot = this.#slotOf(w0, w1, w2, w3);
      if (this.#cells[slot + 4] !== 0) continue;
      this.#cells.set([w0, w1, w2, w3, ++size], slot);
    }
    this.size = size;
    this.#lastNumber = this.#cells[this.#slotOf(0, 0, 0, 0) + 4]!;
  }

  /** The member's number, or 0. */
  numberOf(w0: number, w1: number, w2: number, w3: number): number {
    if (this.size === 0) return 0;
    if (w3 === this.#last3 && w2 === this.#last2 && w1 === this.#last1 && w0 === this.#last0)
      return this.#lastNumber;
    this.#last0 = w0;
    this.#last1 = w1;
    this.#last2 = w2;
    this.#last3 = w3;
    this.#lastNumber = this.#cells[this.#slotOf(w0, w1, w2, w3) + 4]!;
    return this.#lastNumber;
  }

  #slotOf(w0: number, w1: number, w2: number, w3: number): number {
    const cells = this.#cells;
    let slot = Math.imul(w0 ^ Math.imul(w1, 0x9e3779b1) ^ Math.imul(w3 + w2, 0x85ebca6b), 0xc2b2ae35) >>> 8;
    for (;;) {
      const at = (slot & this.#mask) * CELLS;
      const free = cells[at + 4] === 0;
      if (free || (cells[at] === w0 && cells[at + 1] === w1 && cells[at + 2] === w2 && cells[at + 3] === w3))
        return at;
      slot++;
    }
  }
}
