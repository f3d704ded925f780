/** Entries keyed by a whole source address, with an owner: the attempts of doors, early knocks, bans. */

import { isIpv4 } from '../net/ip-address.ts';
import { ChainedRing, DEAD, MAX_WALK, OWNER, TIME } from './chained-ring.ts';
import type { HashedSource } from './source-hash.ts';

/** Cells of an entry after its time and its owner: a word of the owner's, four address words; doors have two more. */
export const META = 2;
export const ADDRESS = 3;
export const HELD_AT = 7;
export const PACKET = 8;

export class SourceRing extends ChainedRing {
  /** `payloadCells`: cells of an entry beside its four address words, the link not counted. */
  constructor(capacity: number, payloadCells: number) {
    super(capacity, 4 + payloadCells + 1);
  }

  /** Collects into `found` the entries (as cell offsets, newest first) of this very address; returns how many. */
  find(source: HashedSource, found: Int32Array): number {
    if (this.live === 0) return 0;
    const { cells, stride } = this;
    const { w0, w1, w2, w3 } = source;
    let count = 0;
    let link = this.headOf(source.hash);
    for (let walked = 0; walked < MAX_WALK && this.mayLead(link, source.hash); walked++) {
      const entry = this.entryOf(link);
      if (
        cells[entry + ADDRESS + 3] === w3 &&
        cells[entry + ADDRESS + 2] === w2 &&
        cells[entry + ADDRESS + 1] === w1 &&
        cells[entry + ADDRESS] === w0 &&
        cells[entry + OWNER] !== DEAD &&
        count < found.length
      ) {
        found[count++] = entry;
      }
      link = cells[entry + stride - 1]!;
    }
    return count;
  }

  /**
   * Makes an entry and returns its cell offset; the caller fills the cells after META. A source (an IPv6 /64) that
   * holds `perSource` entries already gives up its oldest, never one of somebody else.
   */
  insert(source: HashedSource, time: number, owner: number, perSource: number): number {
    let entry = this.#oldestOver(source, perSource);
    if (entry < 0) entry = this.append(source.hash);
    const { cells } = this;
    cells[entry + TIME] = time;
    cells[entry + OWNER] = owner;
    cells[entry + META] = 0;
    cells[entry + ADDRESS] = source.w0;
    cells[entry + ADDRESS + 1] = source.w1;
    cells[entry + ADDRESS + 2] = source.w2;
    cells[entry + ADDRESS + 3] = source.w3;
    return entry;
  }

  /** The slot to use again when the source's prefix holds its share already; -1 when it does not. */
  #oldestOver({ w0, w1, w2, w3, hash }: HashedSource, perSource: number): number {
    if (this.live < perSource) return -1;
    const { cells, stride } = this;
    const ipv4 = isIpv4(w0, w1, w2);
    let count = 0;
    let oldest = -1;
    let link = this.headOf(hash);
    for (let walked = 0; walked < MAX_WALK && this.mayLead(link, hash); walked++) {
      const entry = this.entryOf(link);
      const same =
        cells[entry + ADDRESS + 1] === w1 &&
        cells[entry + ADDRESS] === w0 &&
        (!ipv4 || cells[entry + ADDRESS + 3] === w3);
      if (same && cells[entry + OWNER] !== DEAD) {
        count++;
        if (oldest < 0 || ((cells[entry + TIME]! - cells[oldest + TIME]!) | 0) < 0) oldest = entry;
      }
      link = cells[entry + stride - 1]!;
    }
    return count >= perSource ? oldest : -1;
  }
}
