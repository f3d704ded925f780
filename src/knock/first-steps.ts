/**
 * Sources that made the first step of a group of doors: the table that a flood of forged knocks fills, so an entry is as
 * small as can be, 16 bytes. An IPv4 source is kept whole, an IPv6 source as keyed fingerprints of its /64 and of itself; its
 * address is remembered beside it for the log, for as many as come without a flood.
 */

import { isIpv4, MAPPED_WORD } from '../net/ip-address.ts';
import { STRAY_MASK } from './attempt-entry.ts';
import { ChainedRing, DEAD, MAX_WALK, OWNER, TIME } from './chained-ring.ts';
import { type HashedSource, type HashKey, hashAddress } from './source-hash.ts';

/** The address, or its fingerprints. The cell OWNER holds group, family and strays. */
const WHO = 2;
const LINK = 3;
const STRIDE = 4;

const SIX = STRAY_MASK + 1;
const GROUP_SHIFT = 11;

/** Of the cell WHO for IPv6: bits of the hash of the /64 that the chain does not tell; the others are the address's own. */
const PREFIX_MASK = 0xfff00000 | 0;

/** IPv6 sources whose addresses are remembered: 1.3 MB, used when there are any. */
const SIX_SLOTS = 65_536;
/** Four address words and whose they are. */
const SIX_CELLS = 5;

export interface SourceWords {
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

export class FirstSteps extends ChainedRing {
  readonly #key: HashKey;
  readonly #sixes: Int32Array;
  readonly #sixSlots: number;
  /** Of groups whose second step may be the first one again; written for these alone. */
  readonly #marks: Int32Array;

  constructor(capacity: number, key: HashKey) {
    super(capacity, STRIDE);
    this.#key = key;
    this.#sixSlots = Math.min(SIX_SLOTS, this.capacity);
    this.#sixes = new Int32Array(this.#sixSlots * SIX_CELLS);
    this.#marks = new Int32Array(this.capacity);
  }

  /** Collects into `found` the entries (as cell offsets, newest first) of this very address; returns how many. */
  find(source: HashedSource, found: Int32Array): number {
    if (this.live === 0) return 0;
    const { cells } = this;
    const { w0, w1, w2, w3, hash } = source;
    let link = this.headOf(hash);
    if (!this.mayLead(link, hash)) return 0;
    const family = isIpv4(w0, w1, w2) ? 0 : SIX;
    const who = family === 0 ? w3 : this.#fingerprint(source);
    let count = 0;
    for (let walked = 0; walked < MAX_WALK && this.mayLead(link, hash); walked++) {
      const entry = this.entryOf(link);
      const state = cells[entry + OWNER]!;
      if (cells[entry + WHO] === who && state !== DEAD && (state & SIX) === family && count < found.length) {
        found[count++] = entry;
      }
      link = cells[entry + LINK]!;
    }
    return count;
  }

  /** Whether an IPv4 source has an entry. */
  has(hash: number, w3: number): boolean {
    const { cells } = this;
    let link = this.headOf(hash);
    for (let walked = 0; walked < MAX_WALK && this.mayLead(link, hash); walked++) {
      const entry = this.entryOf(link);
      const state = cells[entry + OWNER]!;
      if (cells[entry + WHO] === w3 && state !== DEAD && (state & SIX) === 0) return true;
      link = cells[entry + LINK]!;
    }
    return false;
  }

  /**
   * Makes an entry and returns its cell offset; one of the same source (IPv6 /64) makes room for it if it holds
   * `perSource`. `found`: how many `find` found of this address, or perSource when nobody looked.
   */
  insert(source: HashedSource, time: number, group: number, perSource: number, found: number): number {
    const { w0, w1, w2, w3, hash } = source;
    const isSix = !isIpv4(w0, w1, w2);
    const mayBeOver = isSix || found >= perSource;
    let entry = mayBeOver ? this.#oldestOver(source, isSix, perSource) : -1;
    if (entry < 0) entry = this.append(hash);
    const { cells } = this;
    cells[entry + TIME] = time;
    cells[entry + OWNER] = (group << GROUP_SHIFT) | (isSix ? SIX : 0);
    cells[entry + WHO] = isSix ? this.#fingerprint(source) : w3;
    if (isSix) this.#rememberSix(entry, source);
    return entry;
  }

  /**
   * Makes entries for IPv4 sources that had none, from index `from` to `end`; all have been prefetched. Stops before one that
   * has an entry by now, and returns its index. What `append` does, for many at once: a flood spends most of its time here.
   */
  insertStrangers(
    hashes: Int32Array,
    sources: Int32Array,
    times: Int32Array,
    groups: Int32Array,
    from: number,
    end: number,
  ): number {
    this.makeChainsFor(end - from);
    const { cells, heads, links, serialMask, capacity, chainMask } = this;
    const { filterAt, filterBits, choiceAt, choiceBits, isPrefetched } = this;
    const slotMask = capacity - 1;
    const usedBefore = this.used;
    let serial = this.next;
    let used = usedBefore;
    let pushedOut = 0;
    let i = from;
    for (; i < end; i++) {
      const hash = hashes[i]!;
      const at = hash & chainMask;
      const older = heads[at]!;
      // Of a ring that was empty nothing was prefetched.
      if (older !== links[i] || !isPrefetched) {
        this.next = serial;
        this.used = used;
        if (this.has(hash, sources[i]!)) break;
      }
      const age = (serial - older) & serialMask;
      const isLink = -((older | -older) >>> 31);
      const leads = ((age - 1 - used) >> 31) & ~((age - 1) >> 31) & isLink;
      const entry = (serial & slotMask) * STRIDE;
      if (used < capacity) used++;
      else pushedOut += cells[entry + OWNER] === DEAD ? 0 : 1;
      cells[entry + TIME] = times[i]!;
      cells[entry + OWNER] = groups[i]! << GROUP_SHIFT;
      cells[entry + WHO] = sources[i]!;
      cells[entry + LINK] = older & leads;
      const filterBit = filterAt + (((hash >>> choiceAt) * filterBits) >>> choiceBits);
      heads[at] = (older & leads & ~serialMask) | (1 << filterBit) | serial;
      serial = (serial + 1) & serialMask;
    }
    this.next = serial;
    this.used = used;
    const made = i - from;
    this.madeRoom(made - (used - usedBefore));
    this.live += made - pushedOut;
    return i;
  }

  /** The group, or a negative number when the entry was removed. */
  groupOf(entry: number): number {
    return this.cells[entry + OWNER]! >> GROUP_SHIFT;
  }

  straysOf(entry: number): number {
    return this.cells[entry + OWNER]! & STRAY_MASK;
  }

  setStrays(entry: number, strays: number): void {
    this.cells[entry + OWNER] = (this.cells[entry + OWNER]! & ~STRAY_MASK) | strays;
  }

  /** What `setMark` set for the entry: before that it means nothing. */
  markOf(entry: number): number {
    return this.#marks[entry / STRIDE]!;
  }

  setMark(entry: number, mark: number): void {
    this.#marks[entry / STRIDE] = mark;
  }

  /** Writes the address into `source`; false when it is not known any more, which a flood of IPv6 sources can cause. */
  readSource(entry: number, source: SourceWords): boolean {
    const isSix = (this.cells[entry + OWNER]! & SIX) !== 0;
    const at = this.#sixAt(entry);
    if (isSix && this.#sixes[at + 4] !== entry + 1) return false;
    source.w0 = isSix ? this.#sixes[at]! : 0;
    source.w1 = isSix ? this.#sixes[at + 1]! : 0;
    source.w2 = isSix ? this.#sixes[at + 2]! : MAPPED_WORD;
    source.w3 = isSix ? this.#sixes[at + 3]! : this.cells[entry + WHO]!;
    return true;
  }

  #fingerprint({ w0, w1, w2, w3, hash }: HashedSource): number {
    return (hash & PREFIX_MASK) | (hashAddress(this.#key, w0, w1, w2, w3) & ~PREFIX_MASK);
  }

  #rememberSix(entry: number, { w0, w1, w2, w3 }: HashedSource): void {
    const at = this.#sixAt(entry);
    this.#sixes[at] = w0;
    this.#sixes[at + 1] = w1;
    this.#sixes[at + 2] = w2;
    this.#sixes[at + 3] = w3;
    this.#sixes[at + 4] = entry + 1;
  }

  #sixAt(entry: number): number {
    return ((entry / STRIDE) & (this.#sixSlots - 1)) * SIX_CELLS;
  }

  /** The slot to use again when the source's prefix holds its share already; -1 when it does not. */
  #oldestOver({ w3, hash }: HashedSource, isSix: boolean, perSource: number): number {
    if (this.live < perSource) return -1;
    const { cells } = this;
    const prefix = hash & PREFIX_MASK;
    let count = 0;
    let oldest = -1;
    let link = this.headOf(hash);
    for (let walked = 0; walked < MAX_WALK && this.mayLead(link, hash); walked++) {
      const entry = this.entryOf(link);
      const state = cells[entry + OWNER]!;
      const isSame = isSix
        ? (state & SIX) !== 0 && (cells[entry + WHO]! & PREFIX_MASK) === prefix
        : cells[entry + WHO] === w3;
      if (isSame && state !== DEAD) {
        count++;
        if (oldest < 0 || ((cells[entry + TIME]! - cells[oldest + TIME]!) | 0) < 0) oldest = entry;
      }
      link = cells[entry + LINK]!;
    }
    return count >= perSource ? oldest : -1;
  }
}
