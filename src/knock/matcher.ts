/**
 * The matcher: packets in, opened doors out. Pure: the time is an argument, whoever calls owns timers and logs.
 * It follows docs/knocking.md rule by rule. A packet costs the same whatever the number of doors and attempts, and
 * allocates nothing: attempts live in three rings of fixed size, by progress, so a flood of first knocks can push out
 * nobody who is further.
 *
 * `first` holds sources that made the first step of a group of doors (see door-index); `middle` and `deep` hold the
 * attempts of single doors, up to stage 2 and from stage 3. An entry of a door overrides its group's for that source;
 * stage 0 says that the door has no attempt although its group has one.
 */

import { TCP, UDP } from '../net/protocol.ts';
import { ACK, SYN } from '../net/tcp-flags.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { AddressSet } from './address-set.ts';
import { DoorIndex } from './door-index.ts';
import type { KnockDoor } from './knock-door.ts';
import type { MatchEventKind, MatchSink } from './match-event.ts';
import * as told from './match-event.ts';
import { PortSet } from './port-set.ts';
import type { HashKey } from './source-hash.ts';
import { HELD_AT, META, OWNER, PACKET, SourceRing, TIME } from './source-ring.ts';

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

/**
 * Entries that one source (one IPv6 /64) holds in a ring at most. Two laptops of one household knock at a few doors each;
 * a forger who owns a /64 gets no further with all of its addresses.
 */
export const MAX_ENTRIES_PER_SOURCE = 32;

/** Doors of a group that are told of one by one; a thousand doors with one first step must not cost a thousand lines. */
const MAX_TOLD_DOORS = 8;

const STAGE_MASK = 0x3f;
const HELD_BIT = 0x40;
const DOOR_STRAY_SHIFT = 8;
const STRAY_MASK = 0x3ff;

/** Time, owner and meta; a door's entry also when its held knock came and which packet was accepted last. */
const SHORT_ENTRY = 3;
const DOOR_ENTRY = 5;
/** As the short one, and the strays since. */
const EARLY_ENTRY = 4;
const EARLY_STRAYS = META + 1;

export class Matcher {
  readonly doors: readonly KnockDoor[];
  readonly #index: DoorIndex;
  readonly #options: MatcherOptions;
  readonly #sink: MatchSink;
  readonly #first: SourceRing;
  readonly #middle: SourceRing;
  readonly #deep: SourceRing;
  /** Second steps that came before any first one, for the reorder window. */
  readonly #early: SourceRing;
  readonly #bans: SourceRing;
  #own = new AddressSet([]);
  #listening = new PortSet();

  readonly #foundFirst = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #foundMiddle = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #foundDeep = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #foundEarly = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #ownersMiddle = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #ownersDeep = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #handledGroups = new Int32Array(2 * MAX_ENTRIES_PER_SOURCE);
  readonly #usedEarly = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  #usedEarlyCount = 0;
  #firstCount = 0;
  #middleCount = 0;
  #deepCount = 0;
  #handledCount = 0;

  #packet: PacketFields | undefined;
  #w0 = 0;
  #w1 = 0;
  #w2 = 0;
  #w3 = 0;
  #step = 0;
  #now = 0;
  #toOwn = false;
  #target = 0;
  #nextDueMs = -1;

  constructor(doors: readonly KnockDoor[], options: MatcherOptions, sink: MatchSink) {
    this.doors = doors;
    this.#index = new DoorIndex(doors);
    this.#options = options;
    this.#sink = sink;
    const { maxAttempts, hashKey } = options;
    this.#first = new SourceRing(maxAttempts, SHORT_ENTRY, hashKey);
    this.#middle = new SourceRing(share(maxAttempts, 3 / 8), DOOR_ENTRY, hashKey);
    this.#deep = new SourceRing(share(maxAttempts, 1 / 8), DOOR_ENTRY, hashKey);
    this.#early = new SourceRing(share(maxAttempts, 1 / 8), EARLY_ENTRY, hashKey);
    this.#bans = new SourceRing(share(maxAttempts, 1 / 8), SHORT_ENTRY, hashKey);
  }

  setOwnAddresses(addresses: AddressSet): void {
    this.#own = addresses;
  }

  /** Ports on which this host listens: packets to them are no strays. */
  setListening(ports: PortSet): void {
    this.#listening = ports;
  }

  /** Attempts in the tables, those that are over but not yet swept included. */
  get liveAttempts(): number {
    return this.#first.live + this.#middle.live + this.#deep.live;
  }

  /** Judges one packet. `now` is in whole milliseconds on any steady clock and may wrap as a 32-bit integer. */
  packet(p: PacketFields, now: number): void {
    this.#toOwn = this.#own.numberOf(p.dst0, p.dst1, p.dst2, p.dst3) !== 0;
    this.#target = this.#index.targets.numberOf(p.dst0, p.dst1, p.dst2, p.dst3);
    if (!this.#toOwn && this.#target === 0) return;
    const step = this.#index.stepId(p.protocol, p.dstPort);
    const knockLike = p.protocol === UDP || (p.tcpFlags & (SYN | ACK)) === SYN;
    if (step === 0 && !knockLike) return;
    this.#packet = p;
    this.#setSource(p.src0, p.src1, p.src2, p.src3);
    this.#step = step;
    this.#now = now | 0;
    if (this.#bans.live > 0 && this.#isBanned()) {
      this.#tell(told.BANNED, -1, 0);
      return;
    }
    this.#gather();
    const used = step !== 0 && this.#judge();
    if (used) return;
    if (knockLike && (this.#firstCount + this.#middleCount + this.#deepCount > 0 || this.#early.live > 0))
      this.#countStray();
    if (step !== 0 && this.#index.isSecond[step] === 1 && this.#options.reorderWindowMs > 0)
      this.#rememberEarly();
  }

  /**
   * Ends what is too old and tells so. Returns in how many milliseconds the next entry is due, -1 when none is.
   * Costs a pass over the entries that are younger than the oldest live one; call it no oftener than its answer says.
   */
  expire(now: number): number {
    this.#now = now | 0;
    this.#nextDueMs = -1;
    this.#first.forEach((entry) => {
      this.#sweepGroup(entry);
    });
    this.#middle.forEach((entry) => {
      this.#sweepDoor(this.#middle, entry);
    });
    this.#deep.forEach((entry) => {
      this.#sweepDoor(this.#deep, entry);
    });
    this.#early.forEach((entry) => {
      this.#sweepPlain(this.#early, entry, this.#options.reorderWindowMs);
    });
    this.#bans.forEach((entry) => {
      this.#sweepPlain(this.#bans, entry, this.#options.banTimeMs);
    });
    return this.#nextDueMs;
  }

  /**
   * Takes over the attempts of another matcher whose doors are still the same here; `newIndexOf` gives this matcher's
   * index for a door of the other, -1 for one that is gone or changed.
   */
  adopt(previous: Matcher, newIndexOf: readonly number[]): void {
    const index = this.#index;
    previous.#first.forEach((entry) => {
      const members = previous.#index.groupDoors[previous.#first.cells[entry + OWNER]!]!;
      const kept = members.map((door) => newIndexOf[door]!).find((door) => door >= 0);
      if (kept !== undefined) this.#copy(previous.#first, entry, this.#first, index.groupOf[kept]!);
    });
    for (const [from, to] of [
      [previous.#middle, this.#middle],
      [previous.#deep, this.#deep],
    ] as const) {
      from.forEach((entry) => {
        const door = newIndexOf[from.cells[entry + OWNER]!]!;
        if (door >= 0) this.#copy(from, entry, to, door);
      });
    }
    previous.#bans.forEach((entry) => {
      this.#copy(previous.#bans, entry, this.#bans, 0);
    });
  }

  // ---- judging a packet that is some door's step

  #gather(): void {
    const { w0, w1, w2, w3 } = { w0: this.#w0, w1: this.#w1, w2: this.#w2, w3: this.#w3 };
    this.#firstCount = this.#first.find(w0, w1, w2, w3, this.#foundFirst);
    this.#middleCount = this.#middle.find(w0, w1, w2, w3, this.#foundMiddle);
    this.#deepCount = this.#deep.find(w0, w1, w2, w3, this.#foundDeep);
    for (let i = 0; i < this.#middleCount; i++) {
      this.#ownersMiddle[i] = this.#middle.cells[this.#foundMiddle[i]! + OWNER]!;
    }
    for (let i = 0; i < this.#deepCount; i++) {
      this.#ownersDeep[i] = this.#deep.cells[this.#foundDeep[i]! + OWNER]!;
    }
    this.#handledCount = 0;
    this.#usedEarlyCount = 0;
  }

  /** True when some door expected the packet. */
  #judge(): boolean {
    let used = false;
    for (let i = 0; i < this.#middleCount; i++) {
      const entry = this.#foundMiddle[i]!;
      if (this.#stillMine(this.#middle, entry, this.#ownersMiddle[i]!))
        used = this.#judgeDoor(this.#middle, entry) || used;
    }
    for (let i = 0; i < this.#deepCount; i++) {
      const entry = this.#foundDeep[i]!;
      if (this.#stillMine(this.#deep, entry, this.#ownersDeep[i]!))
        used = this.#judgeDoor(this.#deep, entry) || used;
    }
    for (let i = 0; i < this.#firstCount; i++) used = this.#judgeGroup(this.#foundFirst[i]!) || used;
    used = this.#begin() || used;
    for (let i = 0; i < this.#usedEarlyCount; i++) this.#early.remove(this.#usedEarly[i]!);
    return used;
  }

  /** An insert for this very packet may have taken the slot of an entry that was found before it. */
  #stillMine(ring: SourceRing, entry: number, owner: number): boolean {
    const { cells } = ring;
    return (
      cells[entry + OWNER] === owner &&
      cells[entry + 3] === this.#w3 &&
      cells[entry + 2] === this.#w2 &&
      cells[entry + 1] === this.#w1 &&
      cells[entry] === this.#w0
    );
  }

  /** One door's own entry. True when the door expected the packet. */
  #judgeDoor(ring: SourceRing, entry: number): boolean {
    const { cells } = ring;
    const index = this.#index;
    const door = cells[entry + OWNER]!;
    const group = index.groupOf[door]!;
    this.#settle(ring, entry);
    if (!ring.isLive(entry)) return false;
    if (!this.#fits(group)) {
      if (index.has(door, this.#step)) this.#tell(told.UNFIT, door, 0);
      return false;
    }
    const stage = cells[entry + META]! & STAGE_MASK;
    const base = index.stepStart[door]!;
    const length = index.length(door);
    const { steps } = index;
    const step = this.#step;
    if (stage === 0) return step === steps[base] && this.#restart(ring, entry, this.#now);
    if (step === steps[base + stage]) {
      if (steps[base + stage - 1] === step && cells[entry + PACKET] === this.#packetMark()) {
        return this.#expected(told.DUPLICATE, door, stage, group);
      }
      const held = (cells[entry + META]! & HELD_BIT) !== 0;
      this.#advance(ring, entry, stage, held ? stage + 2 : stage + 1);
      this.#handled(group);
      return true;
    }
    if (step === steps[base + stage - 1]) return this.#expected(told.DUPLICATE, door, stage, group);
    if (this.#options.reorderWindowMs > 0 && stage + 1 < length && step === steps[base + stage + 1]) {
      if ((cells[entry + META]! & HELD_BIT) === 0) {
        cells[entry + META]! |= HELD_BIT;
        cells[entry + HELD_AT] = this.#now;
      }
      return this.#expected(told.HELD, door, stage, group);
    }
    if (!index.has(door, step)) return false;
    this.#tell(told.WRONG_STEP, door, stage);
    if (step === steps[base]) return this.#restart(ring, entry, this.#now);
    this.#end(ring, entry, false);
    return false;
  }

  #expected(kind: MatchEventKind, door: number, stage: number, group: number): boolean {
    this.#tell(kind, door, stage);
    this.#handled(group);
    return true;
  }

  /** A group with one door: the door's entry has taken the packet, so `begin` must not. */
  #handled(group: number): void {
    if (this.#index.groupSize[group] === 1 && this.#handledCount < this.#handledGroups.length) {
      this.#handledGroups[this.#handledCount++] = group;
    }
  }

  /** The first step again. True when this entry keeps the new attempt; else `begin` makes one for the group. */
  #restart(ring: SourceRing, entry: number, startedAt: number): boolean {
    const { cells } = ring;
    const door = cells[entry + OWNER]!;
    const group = this.#index.groupOf[door]!;
    if (this.#index.groupSize[group] === 1 || this.#groupEntry(group) < 0) {
      ring.remove(entry);
      return false;
    }
    cells[entry + TIME] = startedAt;
    cells[entry + META] = 1;
    cells[entry + PACKET] = this.#packetMark();
    this.#tell(told.STAGE, door, 1);
    if (this.#takeEarly(door)) this.#advance(ring, entry, 1, 2);
    return true;
  }

  /** Accepts steps up to stage `to`; the last one opens the door. */
  #advance(ring: SourceRing, entry: number, from: number, to: number): void {
    const { cells } = ring;
    const door = cells[entry + OWNER]!;
    for (let stage = from + 1; stage <= to; stage++) this.#tell(told.STAGE, door, stage);
    if (to === this.#index.length(door)) {
      this.#end(ring, entry, true);
      this.#tell(told.OPENED, door, to);
      return;
    }
    const meta = to | (cells[entry + META]! & (STRAY_MASK << DOOR_STRAY_SHIFT));
    if (ring === this.#middle && to >= 3) {
      const start = cells[entry + TIME]!;
      ring.remove(entry);
      this.#insertDoor(this.#deep, door, start, meta);
      return;
    }
    cells[entry + META] = meta;
    cells[entry + PACKET] = this.#packetMark();
  }

  /**
   * The door has no attempt any more. The entry stays as a mark where the group's entry would else speak for the door:
   * one that is there, or one that this packet is about to make although the door has `used` it.
   */
  #end(ring: SourceRing, entry: number, used: boolean): void {
    const { cells } = ring;
    const door = cells[entry + OWNER]!;
    const group = this.#index.groupOf[door]!;
    const groupEntry = this.#index.groupSize[group] === 1 ? -1 : this.#groupEntry(group);
    if (groupEntry >= 0) {
      cells[entry + META] = 0;
      cells[entry + TIME] = this.#first.cells[groupEntry + TIME]!;
    } else if (
      used &&
      this.#index.groupSize[group]! > 1 &&
      this.#index.steps[this.#index.stepStart[door]!] === this.#step
    ) {
      cells[entry + META] = 0;
      cells[entry + TIME] = this.#now;
    } else {
      ring.remove(entry);
    }
  }

  /** The group's entry of this source among those found, or -1. */
  #groupEntry(group: number): number {
    for (let i = 0; i < this.#firstCount; i++) {
      const entry = this.#foundFirst[i]!;
      if (
        this.#first.cells[entry + OWNER] === group &&
        this.#age(this.#first, entry) <= this.#index.groupTimeoutMs[group]!
      ) {
        return entry;
      }
    }
    return -1;
  }

  /** One group's first-step entry. True when some door that it speaks for expected the packet. */
  #judgeGroup(entry: number): boolean {
    const { cells } = this.#first;
    const index = this.#index;
    const group = cells[entry + OWNER]!;
    if (group < 0) return false;
    if (this.#age(this.#first, entry) > index.groupTimeoutMs[group]!) {
      this.#timeoutGroup(entry);
      return false;
    }
    const leader = index.groupDoors[group]![0]!;
    const isFirst = index.steps[index.stepStart[leader]!] === this.#step;
    const doors = index.doorsWithLaterStep(group, this.#step);
    if (!isFirst && doors === undefined) return false;
    if (!this.#fits(group)) {
      this.#tell(told.UNFIT, leader, 0);
      return false;
    }
    if (this.#handledCount < this.#handledGroups.length) this.#handledGroups[this.#handledCount++] = group;
    let used = false;
    if (doors !== undefined) {
      for (const door of doors) {
        if (!this.#hasOwnEntry(door)) used = this.#judgeFirstStage(entry, group, door, isFirst) || used;
      }
    }
    if (isFirst && !used) {
      this.#tell(told.DUPLICATE, leader, 1);
      used = true;
    }
    return used;
  }

  /** A door at stage 1 by its group's entry, which has this step as a later one. */
  #judgeFirstStage(entry: number, group: number, door: number, isFirst: boolean): boolean {
    const { steps, stepStart } = this.#index;
    const base = stepStart[door]!;
    if (steps[base + 1] === this.#step) {
      if (isFirst && (this.#first.cells[entry + META]! & ~STRAY_MASK) === this.#packetMark()) {
        this.#tell(told.DUPLICATE, door, 1);
        return true;
      }
      this.#promote(entry, group, door);
      return true;
    }
    if (isFirst) return false;
    const mayHold = this.#options.reorderWindowMs > 0 && this.#index.length(door) > 2;
    if (mayHold && steps[base + 2] === this.#step) {
      const accepted = this.#first.cells[entry + META]! & ~STRAY_MASK;
      const own = this.#insertFromGroup(entry, group, door, 1 | HELD_BIT);
      this.#middle.cells[own + HELD_AT] = this.#now;
      this.#middle.cells[own + PACKET] = accepted;
      this.#tell(told.HELD, door, 1);
      return true;
    }
    this.#tell(told.WRONG_STEP, door, 1);
    if (this.#index.groupSize[group] === 1) this.#first.remove(entry);
    else this.#insertFromGroup(entry, group, door, 0);
    return false;
  }

  /** Second step accepted for a door at stage 1 by its group's entry. */
  #promote(entry: number, group: number, door: number): void {
    this.#tell(told.STAGE, door, 2);
    if (this.#index.length(door) > 2) {
      this.#insertFromGroup(entry, group, door, 2);
      return;
    }
    if (this.#index.groupSize[group] === 1) this.#first.remove(entry);
    else this.#insertFromGroup(entry, group, door, 0);
    this.#tell(told.OPENED, door, 2);
  }

  /** Gives the door an entry of its own, with the start and the strays of the group's. */
  #insertFromGroup(entry: number, group: number, door: number, stage: number): number {
    const { cells } = this.#first;
    const strays = cells[entry + META]! & STRAY_MASK;
    const start = cells[entry + TIME]!;
    if (this.#index.groupSize[group] === 1) this.#first.remove(entry);
    return this.#insertDoor(this.#middle, door, start, stage | (strays << DOOR_STRAY_SHIFT));
  }

  #insertDoor(ring: SourceRing, door: number, start: number, meta: number): number {
    const entry = ring.insert(this.#w0, this.#w1, this.#w2, this.#w3, start, door, MAX_ENTRIES_PER_SOURCE);
    ring.cells[entry + META] = meta;
    ring.cells[entry + HELD_AT] = 0;
    ring.cells[entry + PACKET] = this.#packetMark();
    return entry;
  }

  /** Starts attempts for the groups whose first step this is, unless they have one or have used the packet. */
  #begin(): boolean {
    const groups = this.#index.firstGroups[this.#step]!;
    let used = false;
    for (const group of groups) {
      if (this.#isHandled(group)) continue;
      const members = this.#index.groupDoors[group]!;
      if (!this.#fits(group)) {
        this.#tell(told.UNFIT, members[0]!, 0);
        continue;
      }
      used = true;
      if (this.#index.length(members[0]!) === 1) this.#openSingles(members);
      else this.#beginGroup(group, members);
    }
    return used;
  }

  #isHandled(group: number): boolean {
    for (let i = 0; i < this.#handledCount; i++) {
      if (this.#handledGroups[i] === group) return true;
    }
    return false;
  }

  #openSingles(doors: readonly number[]): void {
    for (const door of doors) {
      this.#tell(told.STAGE, door, 1);
      this.#tell(told.OPENED, door, 1);
    }
  }

  #beginGroup(group: number, members: readonly number[]): void {
    const entry = this.#first.insert(
      this.#w0,
      this.#w1,
      this.#w2,
      this.#w3,
      this.#now,
      group,
      MAX_ENTRIES_PER_SOURCE,
    );
    this.#first.cells[entry + META] = this.#packetMark();
    this.#tellMembers(told.STAGE, members, 1);
    if (this.#early.live === 0) return;
    const count = this.#early.find(this.#w0, this.#w1, this.#w2, this.#w3, this.#foundEarly);
    for (let i = 0; i < count; i++) {
      const early = this.#foundEarly[i]!;
      if (this.#earlyFits(early, group)) this.#promoteEarly(entry, group, early);
    }
  }

  #promoteEarly(entry: number, group: number, early: number): void {
    const step = this.#early.cells[early + OWNER]!;
    const doors = this.#index.doorsWithLaterStep(group, step);
    if (doors === undefined) return;
    for (const door of doors) {
      if (this.#index.steps[this.#index.stepStart[door]! + 1] !== step || this.#ownStage(door) > 0) continue;
      this.#useEarly(early);
      this.#promote(entry, group, door);
    }
  }

  /** True, and the early knock is used up, when this source sent the door's second step within the reorder window. */
  #takeEarly(door: number): boolean {
    if (this.#early.live === 0 || this.#index.length(door) < 2) return false;
    const count = this.#early.find(this.#w0, this.#w1, this.#w2, this.#w3, this.#foundEarly);
    for (let i = 0; i < count; i++) {
      const early = this.#foundEarly[i]!;
      const fits = this.#earlyFits(early, this.#index.groupOf[door]!);
      if (!fits || this.#early.cells[early + OWNER] !== this.#index.steps[this.#index.stepStart[door]! + 1])
        continue;
      this.#useEarly(early);
      return true;
    }
    return false;
  }

  /** One early knock serves every door that the first step starts, and is gone after that packet. */
  #useEarly(early: number): void {
    if (this.#usedEarlyCount < this.#usedEarly.length) this.#usedEarly[this.#usedEarlyCount++] = early;
  }

  /** The early knock is fresh and had the group's flags and destination. */
  #earlyFits(early: number, group: number): boolean {
    if (this.#age(this.#early, early) > this.#options.reorderWindowMs) return false;
    const meta = this.#early.cells[early + META]!;
    return this.#fitsAs(group, meta & 0xff, (meta & 0x100) !== 0, (meta & 0x200) !== 0, meta >> 10);
  }

  #rememberEarly(): void {
    const p = this.#packet!;
    const meta =
      p.tcpFlags | (p.protocol === TCP ? 0x100 : 0) | (this.#toOwn ? 0x200 : 0) | (this.#target << 10);
    const count = this.#early.find(this.#w0, this.#w1, this.#w2, this.#w3, this.#foundEarly);
    for (let i = 0; i < count; i++) {
      const entry = this.#foundEarly[i]!;
      if (this.#early.cells[entry + OWNER] === this.#step) this.#early.remove(entry);
    }
    const entry = this.#early.insert(
      this.#w0,
      this.#w1,
      this.#w2,
      this.#w3,
      this.#now,
      this.#step,
      MAX_ENTRIES_PER_SOURCE,
    );
    this.#early.cells[entry + META] = meta;
    this.#early.cells[entry + EARLY_STRAYS] = 0;
  }

  // ---- strays, scans and bans

  #countStray(): void {
    const p = this.#packet!;
    if (this.#options.ignorePorts.has(p.protocol, p.dstPort) || this.#listening.has(p.protocol, p.dstPort))
      return;
    this.#countEarlyStray();
    if (this.#firstCount + this.#middleCount + this.#deepCount === 0) return;
    this.#gather();
    let worst = 0;
    for (let i = 0; i < this.#firstCount; i++)
      worst = Math.max(worst, this.#addStray(this.#first, this.#foundFirst[i]!, 0));
    for (let i = 0; i < this.#middleCount; i++) {
      worst = Math.max(worst, this.#addStray(this.#middle, this.#foundMiddle[i]!, DOOR_STRAY_SHIFT));
    }
    for (let i = 0; i < this.#deepCount; i++) {
      worst = Math.max(worst, this.#addStray(this.#deep, this.#foundDeep[i]!, DOOR_STRAY_SHIFT));
    }
    if (worst === 0) return;
    this.#tell(told.STRAY, -1, worst);
    if (worst > this.#options.maxStrays) this.#endAsScan(worst);
  }

  /** A scan from the highest port down must not meet a second step and then the first one within the window. */
  #countEarlyStray(): void {
    const { cells } = this.#early;
    const count = this.#early.find(this.#w0, this.#w1, this.#w2, this.#w3, this.#foundEarly);
    for (let i = 0; i < count; i++) {
      const entry = this.#foundEarly[i]!;
      const strays = cells[entry + EARLY_STRAYS]! + 1;
      cells[entry + EARLY_STRAYS] = strays;
      if (strays > this.#options.maxStrays) this.#early.remove(entry);
    }
  }

  /** The strays of an attempt, this one included; 0 when the entry is over or only a mark. */
  #addStray(ring: SourceRing, entry: number, shift: number): number {
    const { cells } = ring;
    if (shift !== 0 && ring.isLive(entry)) this.#settle(ring, entry);
    const owner = cells[entry + OWNER]!;
    if (owner < 0) return 0;
    const group = shift === 0 ? owner : this.#index.groupOf[owner]!;
    if (this.#age(ring, entry) > this.#index.groupTimeoutMs[group]!) return 0;
    const meta = cells[entry + META]!;
    if (shift === 0 ? this.#speaksForNone(group) : (meta & STAGE_MASK) === 0) return 0;
    const strays = Math.min(((meta >> shift) & STRAY_MASK) + 1, STRAY_MASK);
    cells[entry + META] = (meta & ~(STRAY_MASK << shift)) | (strays << shift);
    return strays;
  }

  /** Every door of the group has an entry of its own, so the group's entry is no attempt of any. */
  #speaksForNone(group: number): boolean {
    let own = 0;
    for (let i = 0; i < this.#middleCount; i++)
      if (this.#index.groupOf[this.#ownersMiddle[i]!] === group) own++;
    for (let i = 0; i < this.#deepCount; i++) if (this.#index.groupOf[this.#ownersDeep[i]!] === group) own++;
    return own >= this.#index.groupSize[group]!;
  }

  #endAsScan(strays: number): void {
    for (let i = 0; i < this.#firstCount; i++) this.#first.remove(this.#foundFirst[i]!);
    for (let i = 0; i < this.#middleCount; i++) this.#middle.remove(this.#foundMiddle[i]!);
    for (let i = 0; i < this.#deepCount; i++) this.#deep.remove(this.#foundDeep[i]!);
    if (this.#options.banTimeMs > 0)
      this.#bans.insert(this.#w0, this.#w1, this.#w2, this.#w3, this.#now, 0, 1);
    this.#tell(told.SCAN, -1, strays);
  }

  #isBanned(): boolean {
    const count = this.#bans.find(this.#w0, this.#w1, this.#w2, this.#w3, this.#foundEarly);
    for (let i = 0; i < count; i++) {
      if (this.#age(this.#bans, this.#foundEarly[i]!) <= this.#options.banTimeMs) return true;
    }
    return false;
  }

  // ---- time

  #age(ring: SourceRing, entry: number): number {
    return (this.#now - ring.cells[entry + TIME]!) | 0;
  }

  #isUnsettled(ring: SourceRing, entry: number): boolean {
    const timeoutMs = this.#index.groupTimeoutMs[this.#index.groupOf[ring.cells[entry + OWNER]!]!]!;
    return this.#age(ring, entry) > timeoutMs || this.#heldHasLapsed(ring, entry);
  }

  /** Brings a door's entry up to the present: what became of a held knock, and of the time, whichever came first. */
  #settle(ring: SourceRing, entry: number): void {
    const { cells } = ring;
    const timeoutMs = this.#index.groupTimeoutMs[this.#index.groupOf[cells[entry + OWNER]!]!]!;
    if (this.#heldHasLapsed(ring, entry)) {
      const lapsedAfter =
        (cells[entry + HELD_AT]! + this.#options.reorderWindowMs - cells[entry + TIME]!) | 0;
      if (lapsedAfter <= timeoutMs) this.#judgeLapsed(ring, entry);
    }
    if (ring.isLive(entry) && this.#age(ring, entry) > timeoutMs) this.#timeoutDoor(ring, entry);
  }

  #heldHasLapsed(ring: SourceRing, entry: number): boolean {
    if ((ring.cells[entry + META]! & HELD_BIT) === 0) return false;
    return ((this.#now - ring.cells[entry + HELD_AT]!) | 0) > this.#options.reorderWindowMs;
  }

  /** What the held knock waited for did not come: it was a wrong step after all, at the time when it came. */
  #judgeLapsed(ring: SourceRing, entry: number): void {
    const { cells } = ring;
    const { steps, stepStart } = this.#index;
    const door = cells[entry + OWNER]!;
    const stage = cells[entry + META]! & STAGE_MASK;
    const base = stepStart[door]!;
    this.#tell(told.WRONG_STEP, door, stage);
    if (steps[base + stage + 1] !== steps[base]) {
      this.#end(ring, entry, false);
      return;
    }
    cells[entry + TIME] = cells[entry + HELD_AT]!;
    cells[entry + META] = 1;
    this.#tell(told.STAGE, door, 1);
  }

  #timeoutDoor(ring: SourceRing, entry: number): void {
    const stage = ring.cells[entry + META]! & STAGE_MASK;
    if (stage > 0) this.#tell(told.TIMEOUT, ring.cells[entry + OWNER]!, stage);
    this.#end(ring, entry, false);
  }

  #timeoutGroup(entry: number): void {
    const group = this.#first.cells[entry + OWNER]!;
    this.#first.remove(entry);
    this.#tellMembers(told.TIMEOUT, this.#index.groupDoors[group]!, 1);
  }

  #sweepGroup(entry: number): void {
    const timeoutMs = this.#index.groupTimeoutMs[this.#first.cells[entry + OWNER]!]!;
    const left = timeoutMs - this.#age(this.#first, entry);
    if (left >= 0) {
      this.#due(left);
      return;
    }
    this.#setSourceOf(this.#first, entry);
    this.#gather();
    this.#timeoutGroup(entry);
  }

  #sweepDoor(ring: SourceRing, entry: number): void {
    this.#setSourceOf(ring, entry);
    this.#step = 0;
    if (this.#isUnsettled(ring, entry)) {
      this.#gather();
      this.#settle(ring, entry);
      if (!ring.isLive(entry)) return;
    }
    const timeoutMs = this.#index.groupTimeoutMs[this.#index.groupOf[ring.cells[entry + OWNER]!]!]!;
    this.#due(Math.max(0, timeoutMs - this.#age(ring, entry)));
    if ((ring.cells[entry + META]! & HELD_BIT) !== 0) {
      this.#due(this.#options.reorderWindowMs - ((this.#now - ring.cells[entry + HELD_AT]!) | 0));
    }
  }

  #sweepPlain(ring: SourceRing, entry: number, lifeMs: number): void {
    const left = lifeMs - this.#age(ring, entry);
    if (left < 0) ring.remove(entry);
    else this.#due(left);
  }

  #due(inMs: number): void {
    if (this.#nextDueMs < 0 || inMs + 1 < this.#nextDueMs) this.#nextDueMs = inMs + 1;
  }

  // ---- small things

  /** The packet has the group's flags and destination. */
  #fits(group: number): boolean {
    const p = this.#packet!;
    return this.#fitsAs(group, p.tcpFlags, p.protocol === TCP, this.#toOwn, this.#target);
  }

  #fitsAs(group: number, tcpFlags: number, isTcp: boolean, toOwn: boolean, target: number): boolean {
    const index = this.#index;
    if (isTcp && (tcpFlags & index.groupMask[group]!) !== index.groupValue[group]!) return false;
    const wanted = index.groupTarget[group]!;
    return wanted === 0 ? toOwn : wanted === target;
  }

  /** True when the source had an entry of its own for this door when the packet came. */
  #hasOwnEntry(door: number): boolean {
    for (let i = 0; i < this.#middleCount; i++) if (this.#ownersMiddle[i] === door) return true;
    for (let i = 0; i < this.#deepCount; i++) if (this.#ownersDeep[i] === door) return true;
    return false;
  }

  /** The stage of the door's own entry as it is now, 0 without one. */
  #ownStage(door: number): number {
    return Math.max(
      this.#stageIn(this.#middle, this.#foundMiddle, this.#middleCount, door),
      this.#stageIn(this.#deep, this.#foundDeep, this.#deepCount, door),
    );
  }

  #stageIn(ring: SourceRing, found: Int32Array, count: number, door: number): number {
    for (let i = 0; i < count; i++) {
      if (this.#stillMine(ring, found[i]!, door)) return ring.cells[found[i]! + META]! & STAGE_MASK;
    }
    return 0;
  }

  /** Ports and sequence number as one number: tells a retransmission from a new packet. For UDP hardly ever the same twice. The low bits are the strays'. */
  #packetMark(): number {
    const p = this.#packet;
    if (p === undefined || p.protocol !== TCP) return Math.imul(++this.#unmarked, 0x9e3779b1) & ~STRAY_MASK;
    return (
      (Math.imul(p.tcpSeq ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(p.srcPort | (p.dstPort << 16), 0x85ebca6b)) &
      ~STRAY_MASK
    );
  }
  #unmarked = 0;

  #copy(from: SourceRing, entry: number, to: SourceRing, owner: number): void {
    const c = from.cells;
    const copy = to.insert(
      c[entry]!,
      c[entry + 1]!,
      c[entry + 2]!,
      c[entry + 3]!,
      c[entry + TIME]!,
      owner,
      MAX_ENTRIES_PER_SOURCE,
    );
    to.cells[copy + META] = c[entry + META]!;
    if (from === to || to === this.#first || to === this.#bans) return;
    to.cells[copy + HELD_AT] = c[entry + HELD_AT]!;
    to.cells[copy + PACKET] = c[entry + PACKET]!;
  }

  #setSource(w0: number, w1: number, w2: number, w3: number): void {
    this.#w0 = w0;
    this.#w1 = w1;
    this.#w2 = w2;
    this.#w3 = w3;
  }

  #setSourceOf(ring: SourceRing, entry: number): void {
    const c = ring.cells;
    this.#setSource(c[entry]!, c[entry + 1]!, c[entry + 2]!, c[entry + 3]!);
  }

  #tell(kind: MatchEventKind, door: number, stage: number): void {
    this.#sink(kind, door, stage, this.#w0, this.#w1, this.#w2, this.#w3);
  }

  #tellMembers(kind: MatchEventKind, members: readonly number[], stage: number): void {
    let left = MAX_TOLD_DOORS;
    for (let i = 0; i < members.length && left > 0; i++) {
      if (members.length > 1 && this.#ownStage(members[i]!) > 0) continue;
      this.#tell(kind, members[i]!, stage);
      left--;
    }
  }
}

function share(total: number, part: number): number {
  return Math.max(64, Math.floor(total * part));
}
