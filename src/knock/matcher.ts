/**
 * The matcher: packets in, opened doors out. Pure: the time is an argument, whoever calls owns timers and logs.
 * It follows docs/knocking.md rule by rule. A packet costs the same whatever the number of doors and attempts, and
 * allocates nothing.
 */

import type { IpAddress } from '../net/ip-address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { AddressSet } from './address-set.ts';
import { adoptAttempts, adoptBans } from './adopt-attempts.ts';
import { type AttemptView, type BanView, newestAttempts, newestBans } from './attempt-list.ts';
import { AttemptTables, shareOf } from './attempt-tables.ts';
import { AttemptTime } from './attempt-time.ts';
import { Bans } from './bans.ts';
import { MAX_PREFETCH } from './chained-ring.ts';
import { DoorAttempts } from './door-attempts.ts';
import { DoorIndex } from './door-index.ts';
import { EarlyKnocks } from './early-knocks.ts';
import { GroupAttempts } from './group-attempts.ts';
import { HandBans } from './hand-bans.ts';
import type { KnockDoor } from './knock-door.ts';
import { BANNED, BY_HAND, type MatchSink, UNEXPECTED } from './match-event.ts';
import { MatchTeller } from './match-teller.ts';
import { isKnockLike, PacketAtHand } from './packet-at-hand.ts';
import { PortSet } from './port-set.ts';
import { type HashKey, hashSource } from './source-hash.ts';
import { Strangers } from './strangers.ts';
import { StrayCount } from './stray-count.ts';
import { Sweep } from './sweep.ts';

export interface MatcherOptions {
  /** First steps that the table holds; the other tables are sized after it. */
  readonly maxAttempts: number;
  /** At most 1000: ten bits of an entry count strays. */
  readonly maxStrays: number;
  readonly reorderWindowMs: number;
  /** 0: nobody is banned. */
  readonly banTimeMs: number;
  readonly ignorePorts: PortSet;
  /** Random for each run. */
  readonly hashKey: HashKey;
}

export class Matcher {
  readonly doors: readonly KnockDoor[];
  readonly #index: DoorIndex;
  readonly #options: MatcherOptions;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #teller: MatchTeller;
  readonly #early: EarlyKnocks;
  readonly #bans: Bans;
  readonly #ofDoors: DoorAttempts;
  readonly #ofGroups: GroupAttempts;
  readonly #strangers: Strangers;
  readonly #strays: StrayCount;
  readonly #sweep: Sweep;
  readonly #hashes = new Int32Array(MAX_PREFETCH);
  #own = new AddressSet([]);
  #listening = new PortSet();
  #handBans: HandBans;

  constructor(doors: readonly KnockDoor[], options: MatcherOptions, sink: MatchSink) {
    const { maxAttempts, reorderWindowMs, banTimeMs, maxStrays, hashKey } = options;
    const index = new DoorIndex(doors);
    const hand = new PacketAtHand(index, hashKey);
    const tables = new AttemptTables(index, hand, maxAttempts, hashKey);
    const teller = new MatchTeller(sink, hand, tables);
    const time = new AttemptTime(index, hand, tables, teller, reorderWindowMs);
    const few = shareOf(maxAttempts, 1 / 32);
    const early = new EarlyKnocks(index, hand, reorderWindowMs, few);
    const bans = new Bans(hand, banTimeMs, few);
    const parts = { index, hand, tables, teller, time, early, bans, reorderWindowMs, maxStrays };
    this.doors = doors;
    this.#index = index;
    this.#options = options;
    this.#hand = hand;
    this.#tables = tables;
    this.#teller = teller;
    this.#early = early;
    this.#bans = bans;
    this.#handBans = new HandBans(hashKey);
    this.#ofDoors = new DoorAttempts(parts);
    this.#ofGroups = new GroupAttempts(parts);
    this.#strangers = new Strangers(parts);
    this.#strays = new StrayCount(parts);
    this.#sweep = new Sweep(hand, tables, time, [
      { ring: early.ring, lifeMs: reorderWindowMs },
      { ring: bans.ring, lifeMs: banTimeMs },
    ]);
  }

  setOwnAddresses(addresses: AddressSet): void {
    this.#own = addresses;
    this.#strangers.setOwnAddresses(addresses);
  }

  /** Ports on which this host listens: packets to them are no strays. */
  setListening(ports: PortSet): void {
    this.#listening = ports;
  }

  /** They may change at any time. */
  setHandBans(bans: HandBans): void {
    this.#handBans = bans;
  }

  /** Attempts in the tables, those that are over but not yet swept included. */
  get liveAttempts(): number {
    return this.#tables.live;
  }

  /** Attempts in progress, those that are furthest first, among them the newest: at most `limit`. */
  newestAttempts(now: number, limit: number): readonly AttemptView[] {
    return newestAttempts(this.#tables, this.#index, now, limit);
  }

  /** Sources that are banned, those that are over but not yet swept included. */
  get liveBans(): number {
    return this.#bans.ring.live;
  }

  newestBans(now: number, limit: number): readonly BanView[] {
    return newestBans(this.#bans.ring, this.#options.banTimeMs, now, limit);
  }

  /** Milliseconds that the address is banned for as a scanner; undefined when it is not. */
  banLeftMs(source: IpAddress, now: number): number | undefined {
    return this.#bans.leftMs(source, now);
  }

  /** Ends the bans of scanners in the prefix. Gives how many. */
  liftBans(prefix: Prefix): number {
    return this.#bans.lift(prefix);
  }

  /** Judges one packet. `now` is in whole milliseconds on any steady clock and may wrap as a 32-bit integer. */
  packet(p: PacketFields, now: number): void {
    this.#hashes[0] = hashSource(this.#options.hashKey, p.src0, p.src1, p.src2, p.src3);
    this.#prefetch(0, 1);
    this.#teller.beginBatch();
    this.#packet(p, now, 0);
  }

  /**
   * What comes next comes together: of a large batch only the first events are told one by one, as far as they are first steps
   * or their ends.
   */
  beginBatch(): void {
    this.#teller.beginBatch();
  }

  /** First steps that were counted instead of told, since the last time. */
  takeUntoldSteps(): number {
    return this.#teller.takeUntoldSteps();
  }

  /** The same of attempts that ended at their first step. */
  takeUntoldEnds(): number {
    return this.#teller.takeUntoldEnds();
  }

  /**
   * Judges packets from index `from` on, at most MAX_PREFETCH in all, each at its time: cheaper than one by one.
   * Stops after one that opened a door. Returns the index of the next.
   */
  packets(packets: readonly PacketFields[], times: Int32Array, from: number, count: number): number {
    const hashes = this.#hashes;
    const { hashKey } = this.#options;
    for (let i = from; i < count; i++) {
      const { src0, src1, src2, src3 } = packets[i]!;
      hashes[i] = hashSource(hashKey, src0, src1, src2, src3);
    }
    this.#prefetch(from, count);
    this.#teller.hasOpened = false;
    let next = from;
    while (next < count && !this.#teller.hasOpened) {
      if (!this.#isAnybodyNoted()) next = this.#strangers.take(packets, times, hashes, next, count);
      if (next === count) break;
      this.#packet(packets[next]!, times[next]!, next);
      next++;
    }
    return next;
  }

  #prefetch(from: number, count: number): void {
    const hashes = this.#hashes;
    const { first, middle, deep } = this.#tables;
    first.prefetch(hashes, from, count);
    middle.prefetch(hashes, from, count);
    deep.prefetch(hashes, from, count);
    this.#early.ring.prefetch(hashes, from, count);
    this.#bans.ring.prefetch(hashes, from, count);
  }

  /** @param at the packet's index in what was prefetched */
  #packet(p: PacketFields, now: number, at: number): void {
    const hand = this.#hand;
    hand.toOwn = this.#own.numberOf(p.dst0, p.dst1, p.dst2, p.dst3) !== 0;
    hand.target = this.#index.targets.numberOf(p.dst0, p.dst1, p.dst2, p.dst3);
    if (!hand.toOwn && hand.target === 0) return;
    const step = this.#index.stepId(p.protocol, p.dstPort);
    const knockLike = isKnockLike(p);
    if (step === 0 && !knockLike) return;
    hand.take(p, now, step, this.#hashes[at]!);
    if (this.#isBanned()) return;
    const hasAttempts = this.#tables.findAt(at);
    const hasEarly = this.#early.ring.live > 0;
    // Nothing but a first step can come of a source that is not known.
    const isExpected = step !== 0 && (hasAttempts || hasEarly ? this.#judge() : this.#ofGroups.begin());
    if (isExpected) return;
    if (knockLike && (hasAttempts || hasEarly)) this.#countStray(hasAttempts);
    if (step === 0) return;
    const isLater = this.#index.firstGroups[step]!.length === 0;
    if (isLater && knockLike && !hasAttempts) this.#teller.tell(UNEXPECTED, -1, 0);
    this.#early.remember();
  }

  /**
   * Ends what is too old and tells so, as far as it gets in a bounded time. Returns in how many milliseconds to call
   * again: 0 when there is more to look at, -1 when nothing is left that can end.
   */
  expire(now: number): number {
    this.#teller.beginBatch();
    return this.#sweep.look(now);
  }

  /**
   * Takes over the attempts of another matcher whose doors are still the same here; `newIndexOf` gives this matcher's
   * index for a door of the other, -1 for one that is gone or changed.
   */
  adopt(previous: Matcher, newIndexOf: readonly number[]): void {
    adoptAttempts(previous.#tables, previous.#index, this.#tables, this.#index, newIndexOf, this.#hand);
    adoptBans(previous.#bans.ring, this.#bans.ring, this.#hand);
  }

  /** Whether there are sources that even a stranger's first step has to be compared with. */
  #isAnybodyNoted(): boolean {
    return this.#early.ring.live > 0 || this.#bans.ring.live > 0 || this.#handBans.size > 0;
  }

  #isBanned(): boolean {
    const { w0, w1, w2, w3 } = this.#hand;
    const isByHand = this.#handBans.size > 0 && this.#handBans.find(w0, w1, w2, w3) !== undefined;
    if (!isByHand && !this.#bans.isBanned()) return false;
    this.#teller.tell(BANNED, -1, isByHand ? BY_HAND : 0);
    return true;
  }

  /** True when some door expected the packet. Doors' own entries come first: they may keep a group from beginning. */
  #judge(): boolean {
    let used = this.#ofDoors.judge();
    used = this.#ofGroups.judge() || used;
    used = this.#ofGroups.begin() || used;
    this.#early.removeUsed();
    return used;
  }

  #countStray(hasAttempts: boolean): void {
    const { protocol, dstPort } = this.#hand;
    if (this.#options.ignorePorts.has(protocol, dstPort) || this.#listening.has(protocol, dstPort)) return;
    this.#early.countStray(this.#options.maxStrays);
    if (hasAttempts) this.#strays.count();
  }
}
