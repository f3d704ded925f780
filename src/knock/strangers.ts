/**
 * The short way for what a flood of forged knocks is made of: first steps from IPv4 sources that have no attempt, one after
 * another. It comes to the same as the long way (matcher.ts), which sets out what rules need that cannot apply here.
 */

import { isIpv4 } from '../net/ip-address.ts';
import { TCP } from '../net/protocol.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { AddressSet } from './address-set.ts';
import type { AttemptTables } from './attempt-tables.ts';
import { MAX_PREFETCH } from './chained-ring.ts';
import type { DoorAttemptsOptions } from './door-attempts.ts';
import type { DoorIndex } from './door-index.ts';
import type { MatchTeller } from './match-teller.ts';
import type { PacketAtHand } from './packet-at-hand.ts';

/** Packets that are looked at ahead, after one that was not what it looked like. */
const SHORT_STRETCH = 4;

export class Strangers {
  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #teller: MatchTeller;
  /** By index in the batch. */
  readonly #groups = new Int32Array(MAX_PREFETCH);
  readonly #sources = new Int32Array(MAX_PREFETCH);
  #own = new AddressSet([]);
  /** How many packets are looked at ahead of what becomes of them: what is seen in vain is seen again. */
  #stretch = MAX_PREFETCH;

  constructor({ index, hand, tables, teller }: DoorAttemptsOptions) {
    this.#index = index;
    this.#hand = hand;
    this.#tables = tables;
    this.#teller = teller;
  }

  setOwnAddresses(addresses: AddressSet): void {
    this.#own = addresses;
  }

  /**
   * Judges packets from index `from` on, as far as they are such first steps; nobody is banned and no knock is kept for
   * later. Returns the index of the first that is anything else. All have been prefetched.
   */
  take(
    packets: readonly PacketFields[],
    times: Int32Array,
    hashes: Int32Array,
    from: number,
    count: number,
  ): number {
    for (let at = from; ; ) {
      const mostEnd = Math.min(count, at + this.#stretch);
      const end = this.#pick(packets, hashes, at, mostEnd);
      if (end === at) return at;
      const next = this.#tables.first.insertStrangers(hashes, this.#sources, times, this.#groups, at, end);
      this.#tellAll(packets, times, hashes, at, next);
      this.#stretch = next < end ? SHORT_STRETCH : Math.min(MAX_PREFETCH, 2 * this.#stretch);
      if (next < mostEnd || next === count) return next;
      at = next;
    }
  }

  #tellAll(
    packets: readonly PacketFields[],
    times: Int32Array,
    hashes: Int32Array,
    from: number,
    end: number,
  ): void {
    let told = from;
    for (; told < end && this.#teller.isListening; told++)
      this.#tell(packets[told]!, times[told]!, hashes[told]!, this.#groups[told]!);
    this.#teller.countSteps(end - told);
  }

  /** Which packets may be such first steps, their sources and groups: the index of the first that is not. */
  #pick(packets: readonly PacketFields[], hashes: Int32Array, from: number, count: number): number {
    const { first, middle, deep } = this.#tables;
    const index = this.#index;
    const own = this.#own;
    const groups = this.#groups;
    const sources = this.#sources;
    const { plainGroup, groupTarget, targets } = index;
    const isFirstAlone = middle.live === 0 && deep.live === 0;
    for (let i = from; i < count; i++) {
      const p = packets[i]!;
      const group = plainGroup[index.stepId(p.protocol, p.dstPort)]!;
      if (group < 0 || !isIpv4(p.src0, p.src1, p.src2)) return i;
      if (p.protocol === TCP && !index.hasFlags(group, p.tcpFlags)) return i;
      const target = groupTarget[group]!;
      const number = (target === 0 ? own : targets).numberOf(p.dst0, p.dst1, p.dst2, p.dst3);
      if (target === 0 ? number === 0 : number !== target) return i;
      if (!isFirstAlone && (middle.mayHave(i, hashes[i]!) || deep.mayHave(i, hashes[i]!))) return i;
      if (first.mayHaveHad(i) && first.has(hashes[i]!, p.src3)) return i;
      groups[i] = group;
      sources[i] = p.src3;
    }
    return count;
  }

  #tell(p: PacketFields, now: number, hash: number, group: number): void {
    this.#hand.take(p, now, 0, hash);
    this.#teller.tellFirstStep(this.#index.groupDoors[group]!);
  }
}
