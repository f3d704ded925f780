/**
 * The ground of the attempt tables: a ring of entries of fixed size, oldest out first, with hash chains through it (as the
 * window of DEFLATE has). A new entry overwrites the oldest slot and needs no unlinking: a link holds the serial number of
 * an older entry and is void once that serial has left the ring. Nothing is allocated after construction, and pages that
 * were never written cost no memory.
 *
 * A link is 0 for none, or a serial number in its low bits and above it a *tag*, bits of the hash of the source that the
 * entry is of, never 0.
 */

/** Cells that every entry has; its last one is the link. */
export const TIME = 0;
export const OWNER = 1;

/** Owner of an entry that was removed. */
export const DEAD = -1;

/** Links that one look-up follows at most: a chain is short unless somebody aims at it. */
export const MAX_WALK = 96;

/** Sources that `prefetch` takes at once: their loads overlap, and what they bring fits into the first cache. */
export const MAX_PREFETCH = 64;

/** The second links of chains, while `prefetch` is at work. */
const PREFETCHED = new Int32Array(MAX_PREFETCH);

export abstract class ChainedRing {
  readonly cells: Int32Array;
  /** Entries; a power of two. */
  readonly capacity: number;
  live = 0;
  /** Only so that the loads of `prefetch` have a use. */
  prefetchSum = 0;
  protected readonly stride: number;
  readonly #heads: Int32Array;
  readonly #serialMask: number;
  readonly #serialBits: number;
  #next = 0;
  #tail = 0;
  #used = 0;
  /** Slots from the tail on that `forSome` has looked at. */
  #visited = 0;

  /** @param capacity rounded up to a power of two */
  constructor(capacity: number, stride: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(capacity)));
    this.capacity = 2 ** bits;
    this.stride = stride;
    // One more than the slots have: a serial that has just left the ring is not mistaken for its successor.
    this.#serialBits = bits + 1;
    this.#serialMask = 2 ** (bits + 1) - 1;
    this.#heads = new Int32Array(this.capacity);
    this.cells = new Int32Array(this.capacity * stride);
  }

  /**
   * Reads what a look-up will read for sources with these hashes, so that it is in the processor's cache: a loop of loads
   * that do not wait for each other costs a tenth of the same loads one packet after the other.
   */
  prefetch(hashes: Int32Array, from: number, count: number): void {
    if (this.live === 0) return;
    const { cells, stride } = this;
    const heads = this.#heads;
    const chainMask = this.capacity - 1;
    const links = PREFETCHED;
    for (let i = from; i < count; i++) {
      const link = heads[hashes[i]! & chainMask]!;
      links[i] = cells[(link & chainMask) * stride + stride - 1]!;
    }
    let sum = 0;
    for (let i = from; i < count; i++) sum ^= cells[(links[i]! & chainMask) * stride]!;
    this.prefetchSum = sum;
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
    this.#visited = 0;
    this.forSome(this.capacity, visit);
  }

  /** Calls `visit` with the live entries among the newest slots, newest first. Changes nothing. */
  forNewest(slots: number, visit: (entry: number) => void): void {
    const count = Math.min(slots, this.#used);
    for (let age = 1; age <= count; age++) {
      const entry = this.entryOf(this.#next - age);
      if (this.cells[entry + OWNER] !== DEAD) visit(entry);
    }
  }

  /**
   * As `forEach`, in several calls: looks at `limit` slots after those of the calls before and returns how many it did not
   * need, 0 or more once it has been through. The call after that begins anew. Entries may come and go in between.
   */
  forSome(limit: number, visit: (entry: number) => void): number {
    if (this.live === 0) {
      this.#tail = this.#next;
      this.#used = 0;
    }
    let left = limit;
    for (; left > 0 && this.#visited < this.#used; left--) {
      const serial = (this.#tail + this.#visited) & this.#serialMask;
      const entry = this.entryOf(serial);
      if (this.cells[entry + OWNER] !== DEAD) visit(entry);
      if (this.#visited === 0 && this.cells[entry + OWNER] === DEAD) this.#dropTail();
      else this.#visited++;
    }
    if (this.#visited < this.#used) return -1;
    this.#visited = 0;
    return left;
  }

  /** The link to the newest entry of the hash's chain. */
  protected headOf(hash: number): number {
    return this.#heads[hash & (this.capacity - 1)]!;
  }

  /** The cell offset of the entry that a link leads to. */
  protected entryOf(link: number): number {
    return (link & (this.capacity - 1)) * this.stride;
  }

  /** False for no link, and for one to an entry that has been overwritten. */
  protected leads(link: number): boolean {
    if (link === 0) return false;
    const age = (this.#next - (link & this.#serialMask)) & this.#serialMask;
    return age > 0 && age <= this.#used;
  }

  /** True when the entry that a link leads to is of a source with the same tag. */
  protected sameTag(link: number, hash: number): boolean {
    return (link & ~this.#serialMask) === this.#tagOf(hash);
  }

  /** A new entry in the hash's chain, in the place of the oldest; its cells are the caller's to fill. */
  protected append(hash: number): number {
    const serial = this.#next;
    const entry = this.entryOf(serial);
    const chain = hash & (this.capacity - 1);
    const older = this.#heads[chain]!;
    // A link that is void now must not come to lead to an entry that is yet to come.
    this.cells[entry + this.stride - 1] = this.leads(older) ? older : 0;
    if (this.#used === this.capacity) {
      if (this.cells[entry + OWNER] !== DEAD) this.live--;
      this.#dropTail();
    }
    this.#used++;
    this.#next = (serial + 1) & this.#serialMask;
    this.#heads[chain] = this.#tagOf(hash) | serial;
    this.live++;
    return entry;
  }

  #dropTail(): void {
    this.#tail = (this.#tail + 1) & this.#serialMask;
    this.#used--;
    if (this.#visited > 0) this.#visited--;
  }

  #tagOf(hash: number): number {
    return (hash & ~this.#serialMask) | (1 << this.#serialBits);
  }
}
