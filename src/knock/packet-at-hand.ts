/** The packet being judged and the time at which it is: set once, read by every part of the matcher. */

import { TCP, UDP } from '../net/protocol.ts';
import { ACK, SYN } from '../net/tcp-flags.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { MAX_ENTRIES_PER_SOURCE, STRAY_MASK } from './attempt-entry.ts';
import { type ChainedRing, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import { OTHER_FLAGS, OTHER_TARGET } from './match-event.ts';
import { type HashedSource, type HashKey, hashSource } from './source-hash.ts';
import { ADDRESS, type SourceRing } from './source-ring.ts';

/** A source has entries of at most so many groups: those of three rings. */
const MAX_HANDLED_GROUPS = 3 * MAX_ENTRIES_PER_SOURCE;

export class PacketAtHand implements HashedSource {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  hash = 0;
  /** Step id, 0 when the packet is no step of any door or there is no packet. */
  step = 0;
  now = 0;
  protocol = 0;
  tcpFlags = 0;
  dstPort = 0;
  toOwn = false;
  /** Number of the destination among the doors' targets, or 0. */
  target = 0;
  readonly #index: DoorIndex;
  readonly #hashKey: HashKey;
  readonly #handledGroups = new Int32Array(MAX_HANDLED_GROUPS);
  #handledCount = 0;
  #unmarked = 0;
  #srcPort = 0;
  #tcpSeq = 0;

  constructor(index: DoorIndex, hashKey: HashKey) {
    this.#index = index;
    this.#hashKey = hashKey;
  }

  take(p: PacketFields, now: number, step: number, hash: number): void {
    this.w0 = p.src0;
    this.w1 = p.src1;
    this.w2 = p.src2;
    this.w3 = p.src3;
    this.hash = hash;
    this.step = step;
    this.now = now | 0;
    this.protocol = p.protocol;
    this.tcpFlags = p.tcpFlags;
    this.dstPort = p.dstPort;
    this.#srcPort = p.srcPort;
    this.#tcpSeq = p.tcpSeq;
    this.#handledCount = 0;
  }

  /** No packet, but an entry whose time is looked at. */
  takeSourceOf({ cells }: SourceRing, entry: number): void {
    this.w0 = cells[entry + ADDRESS]!;
    this.w1 = cells[entry + ADDRESS + 1]!;
    this.w2 = cells[entry + ADDRESS + 2]!;
    this.w3 = cells[entry + ADDRESS + 3]!;
    this.takeNoPacket();
  }

  /** After the source was set. */
  takeNoPacket(): void {
    this.hash = hashSource(this.#hashKey, this.w0, this.w1, this.w2, this.w3);
    this.step = 0;
  }

  /** Milliseconds since the entry's time. */
  age(ring: ChainedRing, entry: number): number {
    return (this.now - ring.cells[entry + TIME]!) | 0;
  }

  /** The packet has the group's flags and destination. */
  fits(group: number): boolean {
    return this.fitsAs(group, this.tcpFlags, this.protocol === TCP, this.toOwn, this.target);
  }

  fitsAs(group: number, tcpFlags: number, isTcp: boolean, toOwn: boolean, target: number): boolean {
    const index = this.#index;
    if (isTcp && !index.hasFlags(group, tcpFlags)) return false;
    const wanted = index.groupTarget[group]!;
    return wanted === 0 ? toOwn : wanted === target;
  }

  /** What the packet lacks that does not fit the group. */
  misfitOf(group: number): typeof OTHER_FLAGS | typeof OTHER_TARGET {
    const hasFlags = this.protocol !== TCP || this.#index.hasFlags(group, this.tcpFlags);
    return hasFlags ? OTHER_TARGET : OTHER_FLAGS;
  }

  /**
   * Ports and sequence number as one number: tells a retransmission from a new packet. For UDP hardly ever the same
   * twice. The low bits are the strays'.
   */
  mark(): number {
    if (this.protocol !== TCP) return Math.imul(++this.#unmarked, 0x9e3779b1) & ~STRAY_MASK;
    const ports = this.#srcPort | (this.dstPort << 16);
    return (Math.imul(this.#tcpSeq ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b)) & ~STRAY_MASK;
  }

  /** The group's attempts have taken the packet: it begins no other one. */
  setHandled(group: number): void {
    if (this.#handledCount < MAX_HANDLED_GROUPS) this.#handledGroups[this.#handledCount++] = group;
  }

  isHandled(group: number): boolean {
    for (let i = 0; i < this.#handledCount; i++) {
      if (this.#handledGroups[i] === group) return true;
    }
    return false;
  }
}

/** A packet that can be somebody's knock: a SYN that opens a connection, or a datagram. */
export function isKnockLike(p: PacketFields): boolean {
  return p.protocol === UDP || (p.tcpFlags & (SYN | ACK)) === SYN;
}
