/**
 * A bounded table of entries keyed by source address, oldest out first: a ring of fixed size with hash chains through it
 * (as the window of DEFLATE has). An insert overwrites the oldest slot and needs no unlinking: a chain link holds the
 * serial number of an older entry and is void once that serial has left the ring. Nothing is allocated after construction,
 * and pages that were never written cost no memory.
 */

import type { HashKey } from './source-hash.ts';
import { hashSource } from './source-hash.ts';

/** Cells of an entry: four address words, a time, an owner (or DEAD), and a word of the owner's; doors have two more. */
export const TIME = 4;
export const OWNER = 5;
export const META = 6;
export const HELD_AT = 7;
export const PACKET = 8;

const DEAD = -1;

/** Links that one look-up follows at most: a chain is short unless somebody aims at it. */
const MAX_WALK = 96;

/** Serial numbers stay below this, so that they are small integers. */
const MAX_SERIAL = 0x3fff_ffff;

export class SourceRing {
  readonly cells: Int32Array;
  readonly capacity: number;
  readonly #stride: number;
  readonly #heads: Int32Array;
  readonly #serials: number;
  readonly #key: HashKey;
  #next = 0;
  #tail = 0;
  #used = 0;
  live = 0;

  /** `payloadCells`: cells of an entry after its four address words, the chain link not counted. */
  constructor(capacity: number, payloadCells: number, key: HashKey) {
    this.capacity = capacity;
    this.#stride = 4 + payloadCells + 1;
    this.#serials = capacity * Math.floor(MAX_SERIAL / capacity);
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(capacity)));
    this.cells = new Int32Array(capacity * this.#stride);
    this.#key = key;
  }

  /** Collects into `found` the entries (as cell offsets, newest first) of this very address; returns how many. */
  find(w0: number, w1: number, w2: number, w3: number, found: Int32Array): number {
    if (this.live === 0) return 0;
    const cells = this.cells;
    let count = 0;
    let at = this.#heads[this.#chain(w0, w1, w2, w3)]! - 1;
    for (let walked = 0; at >= 0 && walked < MAX_WALK && this.#inRing(at); walked++) {
      const entry = (at % this.capacity) * this.#stride;
      if (
        cells[entry + 3] === w3 &&
        cells[entry + 2] === w2 &&
        cells[entry + 1] === w1 &&
        cells[entry] === w0 &&
        cells[entry + OWNER] !== DEAD &&
        count < found.length
      ) {
        found[count++] = entry;
      }
      at = cells[entry + this.#stride - 1]! - 1;
    }
    return count;
  }

  /**
   * Makes an entry and returns its cell offset; the caller fills the cells after OWNER. A source (an IPv6 /64) that
   * holds `perSource` entries already gives up its oldest, never one of somebody else.
   */
  insert(
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    time: number,
    owner: number,
    perSource: number,
  ): number {
    const chain = this.#chain(w0, w1, w2, w3);
    let entry = this.#oldestOver(chain, w0, w1, w2, w3, perSource);
    if (entry < 0) entry = this.#append(chain);
    const cells = this.cells;
    cells[entry] = w0;
    cells[entry + 1] = w1;
    cells[entry + 2] = w2;
    cells[entry + 3] = w3;
    cells[entry + TIME] = time;
    cells[entry + OWNER] = owner;
    cells[entry + META] = 0;
    return entry;
  }

  remove(entry: number): void {
    if (this.cells[entry + OWNER] === DEAD) return;
    this.cells[entry + OWNER] = DEAD;
    this.live--;
  }

  isLive(entry: number): boolean {
    return this.cells[entry + OWNER] !== DEAD;
  }

  /** Calls `visit` with each live entry, oldest slot first. `visit` may remove the entry that it is given. */
  forEach(visit: (entry: number) => void): void {
    if (this.live === 0) {
      this.#tail = this.#next;
      this.#used = 0;
      return;
    }
    const count = this.#used;
    let leading = true;
    let serial = this.#tail;
    for (let i = 0; i < count; i++) {
      const entry = (serial % this.capacity) * this.#stride;
      if (this.cells[entry + OWNER] !== DEAD) visit(entry);
      if (leading && this.cells[entry + OWNER] === DEAD) {
        this.#tail = this.#after(this.#tail);
        this.#used--;
      } else {
        leading = false;
      }
      serial = this.#after(serial);
    }
  }

  #append(chain: number): number {
    const serial = this.#next;
    const entry = (serial % this.capacity) * this.#stride;
    if (this.#used === this.capacity) {
      if (this.cells[entry + OWNER] !== DEAD) this.live--;
      this.#tail = this.#after(this.#tail);
    } else {
      this.#used++;
    }
    this.#next = this.#after(serial);
    this.cells[entry + this.#stride - 1] = this.#heads[chain]!;
    this.#heads[chain] = serial + 1;
    this.live++;
    return entry;
  }

  /** The slot to use again when the source's prefix holds its share already; -1 when it does not. */
  #oldestOver(chain: number, w0: number, w1: number, w2: number, w3: number, perSource: number): number {
    if (this.live < perSource) return -1;
    const cells = this.cells;
    const ipv4 = w2 === 0xffff && w0 === 0 && w1 === 0;
    let count = 0;
    let oldest = -1;
    let at = this.#heads[chain]! - 1;
    for (let walked = 0; at >= 0 && walked < MAX_WALK && this.#inRing(at); walked++) {
      const entry = (at % this.capacity) * this.#stride;
      const same = cells[entry + 1] === w1 && cells[entry] === w0 && (!ipv4 || cells[entry + 3] === w3);
      if (same && cells[entry + OWNER] !== DEAD) {
        count++;
        if (oldest < 0 || ((cells[entry + TIME]! - cells[oldest + TIME]!) | 0) < 0) oldest = entry;
      }
      at = cells[entry + this.#stride - 1]! - 1;
    }
    return count >= perSource ? oldest : -1;
  }

  #chain(w0: number, w1: number, w2: number, w3: number): number {
    return hashSource(this.#key, w0, w1, w2, w3) & (this.#heads.length - 1);
  }

  /** True while the entry with this serial has not been overwritten. */
  #inRing(serial: number): boolean {
    let age = this.#next - serial;
    if (age <= 0) age += this.#serials;
    return age <= this.#used;
  }

  #after(serial: number): number {
    return serial + 1 === this.#serials ? 0 : serial + 1;
  }
}
