/**
 * The ground of the attempt tables: a ring of entries of fixed size, oldest out first, with hash chains through it (as the
 * window of DEFLATE has). A new entry overwrites the oldest slot and needs no unlinking: a link holds the serial number of
 * an older entry and is void once that serial has left the ring. Nothing is allocated after construction, and pages that
 * were never written cost no memory.
 *
 * A link is 0 for none, or a serial number in its low bits and a *filter* above it: a bit, chosen by the hash, for every
 * source in the chain from that entry on (a Bloom filter). So most look-ups for what is not there read no entry at all.
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

/** Two chains for an entry: a look-up for what is not there seldom meets one that is. More are not worth their memory. */
const CHAIN_BITS = 1;

/** Filters of at least 16 bits are good for any ring that is so small that it needs no more. */
const LEAST_SERIAL_BITS = 16;

/** Of the chains in use at first; they become more as entries do, since memory that is met for the first time takes long. */
const FIRST_CHAINS = 4096;

/**
 * Until there are all of them, at least sixteen for an entry: where one became two both lead to what it led to, and of a table that
 * was filled once a look-up for what is not there would meet one that is seven times out of a hundred, not twenty-two times.
 */
const SPLIT_BITS = 4;

export abstract class ChainedRing {
  readonly cells: Int32Array;
  /** Entries; a power of two. */
  readonly capacity: number;
  live = 0;
  /** Only so that the loads of `prefetch` have a use. */
  prefetchSum = 0;
  protected readonly stride: number;
  protected readonly heads: Int32Array;
  protected readonly serialMask: number;
  /** Where a link's filter begins, how many bits it has, and which bits of a hash choose one. */
  protected readonly filterAt: number;
  protected readonly filterBits: number;
  protected readonly choiceAt: number;
  protected readonly choiceBits: number;
  protected chainMask: number;
  /** What `prefetch` found: the first link of each chain, and what of it is worth following. */
  protected readonly links = new Int32Array(MAX_PREFETCH);
  protected readonly worth = new Int32Array(MAX_PREFETCH);
  protected isPrefetched = false;
  protected next = 0;
  protected tail = 0;
  protected used = 0;
  /** Slots from the tail on that `forSome` has looked at. */
  protected visited = 0;

  /** @param capacity rounded up to a power of two */
  constructor(capacity: number, stride: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(capacity))) | 0;
    // Shifts and not powers: V8 keeps what a power gave as a floating-point number, which costs a conversion at each use.
    this.capacity = 1 << bits;
    this.stride = stride;
    // One more than the slots have: a serial that has just left the ring is not mistaken for its successor. Small rings have more, so
    // that a head which is void seldom looks like the one that `prefetch` found there.
    const serialBits = Math.max(bits + 1, LEAST_SERIAL_BITS);
    this.serialMask = (1 << serialBits) - 1;
    this.filterAt = serialBits;
    this.filterBits = 32 - serialBits;
    this.choiceAt = Math.max(bits + CHAIN_BITS, 20);
    this.choiceBits = 32 - this.choiceAt;
    const mostChains = 1 << (bits + CHAIN_BITS);
    this.chainMask = Math.min(mostChains, FIRST_CHAINS) - 1;
    this.heads = new Int32Array(mostChains);
    this.cells = new Int32Array(this.capacity * stride);
  }

  /**
   * Reads what look-ups for sources with these hashes will read, so that it is in the processor's cache: a loop of loads that
   * do not wait for each other costs a tenth of the same loads one packet after the other. Without branches, since in a
   * full ring chance decides whether a link leads anywhere.
   */
  prefetch(hashes: Int32Array, from: number, count: number): void {
    this.isPrefetched = this.live > 0;
    if (!this.isPrefetched) return;
    const { cells, stride } = this;
    const heads = this.heads;
    const chainMask = this.chainMask;
    const slotMask = this.capacity - 1;
    const serialMask = this.serialMask;
    const next = this.next;
    const used = this.used;
    const filterAt = this.filterAt;
    const filterBits = this.filterBits;
    const choiceAt = this.choiceAt;
    const choiceBits = this.choiceBits;
    const links = this.links;
    const worth = this.worth;
    for (let i = from; i < count; i++) links[i] = heads[hashes[i]! & chainMask]!;
    let sum = 0;
    for (let i = from; i < count; i++) {
      const link = links[i]!;
      const age = (next - link) & serialMask;
      const chosen = filterAt + (((hashes[i]! >>> choiceAt) * filterBits) >>> choiceBits);
      const isWorth = ((age - 1 - used) >> 31) & ~((age - 1) >> 31) & -((link >>> chosen) & 1);
      worth[i] = isWorth;
      sum ^= cells[(link & slotMask & isWorth) * stride]!;
    }
    this.prefetchSum = sum;
  }

  /** After `prefetch`: false when there is no entry of the source with the hash at this index. */
  mayHave(index: number, hash: number): boolean {
    if (this.live === 0) return false;
    if (!this.isPrefetched) return true;
    return this.worth[index] !== 0 || this.headOf(hash) !== this.links[index];
  }

  /** As `mayHave`, but blind to entries made since `prefetch`. */
  mayHaveHad(index: number): boolean {
    return this.isPrefetched && this.worth[index] !== 0;
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
    this.visited = 0;
    this.forSome(this.capacity, visit);
  }

  /** Calls `visit` with the live entries among the newest slots, newest first. Changes nothing. */
  forNewest(slots: number, visit: (entry: number) => void): void {
    const count = Math.min(slots, this.used);
    for (let age = 1; age <= count; age++) {
      const entry = this.entryOf(this.next - age);
      if (this.cells[entry + OWNER] !== DEAD) visit(entry);
    }
  }

  /**
   * As `forEach`, in several calls: looks at `limit` slots after those of the calls before and returns how many it did not
   * need, 0 or more once it has been through. The call after that begins anew. Entries may come and go in between.
   */
  forSome(limit: number, visit: (entry: number) => void): number {
    if (this.live === 0) {
      this.tail = this.next;
      this.used = 0;
    }
    let left = limit;
    for (; left > 0 && this.visited < this.used; left--) {
      const serial = (this.tail + this.visited) & this.serialMask;
      const entry = this.entryOf(serial);
      if (this.cells[entry + OWNER] !== DEAD) visit(entry);
      if (this.visited === 0 && this.cells[entry + OWNER] === DEAD) this.#dropTail();
      else this.visited++;
    }
    if (this.visited < this.used) return -1;
    this.visited = 0;
    return left;
  }

  /** The link to the newest entry of the hash's chain. */
  protected headOf(hash: number): number {
    return this.heads[hash & this.chainMask]!;
  }

  /** The cell offset of the entry that a link leads to. */
  protected entryOf(link: number): number {
    return (link & (this.capacity - 1)) * this.stride;
  }

  /** False for no link, and for one to an entry that has been overwritten. */
  protected leads(link: number): boolean {
    if (link === 0) return false;
    const age = (this.next - (link & this.serialMask)) & this.serialMask;
    return age > 0 && age <= this.used;
  }

  /** False when neither the entry that a link leads to nor an older one can be of a source with this hash. */
  protected mayLead(link: number, hash: number): boolean {
    return this.leads(link) && ((link >>> this.#filterBitOf(hash)) & 1) !== 0;
  }

  /** A new entry in the hash's chain, in the place of the oldest; its cells are the caller's to fill. */
  protected append(hash: number): number {
    const serial = this.next;
    const entry = this.entryOf(serial);
    const chain = hash & this.chainMask;
    const older = this.heads[chain]!;
    const age = (serial - older) & this.serialMask;
    const isLink = -((older | -older) >>> 31);
    const leads = ((age - 1 - this.used) >> 31) & ~((age - 1) >> 31) & isLink;
    // A link that is void now must not come to lead to an entry that is yet to come.
    this.cells[entry + this.stride - 1] = older & leads;
    if (this.used < this.capacity) {
      this.used++;
    } else {
      if (this.cells[entry + OWNER] !== DEAD) this.live--;
      this.tail = (this.tail + 1) & this.serialMask;
      if (this.visited > 0) this.visited--;
    }
    this.next = (serial + 1) & this.serialMask;
    this.heads[chain] = (older & leads & ~this.serialMask) | (1 << this.#filterBitOf(hash)) | serial;
    this.live++;
    this.makeChainsFor(0);
    return entry;
  }

  /** As many chains as so many more entries need. */
  protected makeChainsFor(more: number): void {
    while ((this.used + more) << SPLIT_BITS > this.chainMask && this.chainMask < this.heads.length - 1)
      this.#splitChains();
  }

  /** After new entries, made without `append`, have taken the places of so many old ones. */
  protected madeRoom(count: number): void {
    this.tail = (this.tail + count) & this.serialMask;
    this.visited = Math.max(0, this.visited - count);
  }

  /** Twice as many: each is there two times from now on, and the two grow apart. */
  #splitChains(): void {
    const count = this.chainMask + 1;
    this.heads.copyWithin(count, 0, count);
    this.chainMask = 2 * count - 1;
  }

  #filterBitOf(hash: number): number {
    return this.filterAt + (((hash >>> this.choiceAt) * this.filterBits) >>> this.choiceBits);
  }

  #dropTail(): void {
    this.tail = (this.tail + 1) & this.serialMask;
    this.used--;
    if (this.visited > 0) this.visited--;
  }
}
