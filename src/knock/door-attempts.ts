/** A packet that is some door's step, judged for the attempts that have an entry of their door's own (rules 2, 4, 5, 6). */

import { DOOR_STRAY_SHIFT, HELD_BIT, STAGE_MASK, STRAY_MASK } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { AttemptTime } from './attempt-time.ts';
import { OWNER, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import type { EarlyKnocks } from './early-knocks.ts';
import type { MatchEventKind } from './match-event.ts';
import * as told from './match-event.ts';
import type { MatchTeller } from './match-teller.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { HELD_AT, META, PACKET, type SourceRing } from './source-ring.ts';

/** From this stage on an attempt has its place in the ring of those that are far. */
const DEEP_STAGE = 3;

export interface DoorAttemptsOptions {
  readonly index: DoorIndex;
  readonly hand: PacketAtHand;
  readonly tables: AttemptTables;
  readonly teller: MatchTeller;
  readonly time: AttemptTime;
  readonly early: EarlyKnocks;
  readonly reorderWindowMs: number;
}

export class DoorAttempts {
  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #teller: MatchTeller;
  readonly #time: AttemptTime;
  readonly #early: EarlyKnocks;
  readonly #mayHold: boolean;

  constructor(options: DoorAttemptsOptions) {
    this.#index = options.index;
    this.#hand = options.hand;
    this.#tables = options.tables;
    this.#teller = options.teller;
    this.#time = options.time;
    this.#early = options.early;
    this.#mayHold = options.reorderWindowMs > 0;
  }

  /** True when some door expected the packet. */
  judge(): boolean {
    const tables = this.#tables;
    const { middle, deep } = tables;
    let used = false;
    for (let i = 0; i < tables.middleCount; i++) {
      const entry = tables.foundMiddle[i]!;
      if (tables.isStill(middle, entry, tables.ownersMiddle[i]!))
        used = this.#judgeEntry(middle, entry) || used;
    }
    for (let i = 0; i < tables.deepCount; i++) {
      const entry = tables.foundDeep[i]!;
      if (tables.isStill(deep, entry, tables.ownersDeep[i]!)) used = this.#judgeEntry(deep, entry) || used;
    }
    return used;
  }

  #judgeEntry(ring: SourceRing, entry: number): boolean {
    this.#time.settle(ring, entry);
    if (!ring.isLive(entry)) return false;
    const door = ring.cells[entry + OWNER]!;
    const group = this.#index.groupOf[door]!;
    if (this.#hand.fits(group)) return this.#judgeStep(ring, entry, door);
    if (this.#index.has(door, this.#hand.step)) this.#teller.tell(this.#hand.misfitOf(group), door, 0);
    return false;
  }

  #judgeStep(ring: SourceRing, entry: number, door: number): boolean {
    const { steps, stepStart } = this.#index;
    const { step } = this.#hand;
    const stage = ring.cells[entry + META]! & STAGE_MASK;
    const base = stepStart[door]!;
    if (stage === 0) return step === steps[base] && this.#restart(ring, entry);
    const repeatsLast = step === steps[base + stage - 1];
    if (step === steps[base + stage]) {
      if (repeatsLast && ring.cells[entry + PACKET] === this.#hand.mark()) {
        return this.#expected(told.DUPLICATE, door, stage);
      }
      return this.#accept(ring, entry, door, stage);
    }
    if (repeatsLast) return this.#expected(told.DUPLICATE, door, stage);
    const isNextButOne = stage + 1 < this.#index.length(door) && step === steps[base + stage + 1];
    if (isNextButOne && this.#mayHold) return this.#hold(ring, entry, door, stage);
    return this.#index.has(door, step) && this.#judgeWrong(ring, entry, door, stage);
  }

  #accept(ring: SourceRing, entry: number, door: number, stage: number): boolean {
    const isHeld = (ring.cells[entry + META]! & HELD_BIT) !== 0;
    this.#advance(ring, entry, stage, isHeld ? stage + 2 : stage + 1);
    this.#setHandled(door);
    return true;
  }

  #hold({ cells }: SourceRing, entry: number, door: number, stage: number): boolean {
    if ((cells[entry + META]! & HELD_BIT) === 0) {
      cells[entry + META]! |= HELD_BIT;
      cells[entry + HELD_AT] = this.#hand.now;
    }
    return this.#expected(told.HELD, door, stage);
  }

  #judgeWrong(ring: SourceRing, entry: number, door: number, stage: number): boolean {
    this.#teller.tell(told.WRONG_STEP, door, stage);
    if (this.#hand.step === this.#index.steps[this.#index.stepStart[door]!])
      return this.#restart(ring, entry);
    this.#tables.end(ring, entry, false);
    return false;
  }

  #expected(kind: MatchEventKind, door: number, stage: number): boolean {
    this.#teller.tell(kind, door, stage);
    this.#setHandled(door);
    return true;
  }

  /** A group with one door: the door's entry has taken the packet, so no attempt may begin with it. */
  #setHandled(door: number): void {
    const group = this.#index.groupOf[door]!;
    if (this.#index.groupSize[group] === 1) this.#hand.setHandled(group);
  }

  /** The first step again. True when this entry keeps the new attempt; else one begins for the group. */
  #restart(ring: SourceRing, entry: number): boolean {
    const { cells } = ring;
    const door = cells[entry + OWNER]!;
    const group = this.#index.groupOf[door]!;
    if (this.#index.groupSize[group] === 1 || this.#tables.groupEntry(group) < 0) {
      ring.remove(entry);
      return false;
    }
    cells[entry + TIME] = this.#hand.now;
    cells[entry + META] = 1;
    cells[entry + PACKET] = this.#hand.mark();
    this.#teller.tell(told.STAGE, door, 1);
    if (this.#early.takeFor(door)) this.#advance(ring, entry, 1, 2);
    return true;
  }

  /** Accepts steps up to stage `to`; the last one opens the door. */
  #advance(ring: SourceRing, entry: number, from: number, to: number): void {
    const { cells } = ring;
    const door = cells[entry + OWNER]!;
    for (let stage = from + 1; stage <= to; stage++) this.#teller.tell(told.STAGE, door, stage);
    if (to === this.#index.length(door)) {
      this.#tables.end(ring, entry, true);
      this.#teller.tell(told.OPENED, door, to);
      return;
    }
    const meta = to | (cells[entry + META]! & (STRAY_MASK << DOOR_STRAY_SHIFT));
    if (ring === this.#tables.middle && to >= DEEP_STAGE) {
      const start = cells[entry + TIME]!;
      ring.remove(entry);
      this.#tables.insertDoor(this.#tables.deep, door, start, meta);
      return;
    }
    cells[entry + META] = meta;
    cells[entry + PACKET] = this.#hand.mark();
  }
}
