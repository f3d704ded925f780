/**
 * A packet that is some door's step, judged for sources that have made the first step of a group of doors, and the
 * beginning of attempts. A group has one entry for a source however many doors it has.
 */

import { HELD_BIT } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { DoorAttemptsOptions } from './door-attempts.ts';
import type { DoorIndex } from './door-index.ts';
import type { EarlyKnocks } from './early-knocks.ts';
import * as told from './match-event.ts';
import type { MatchTeller } from './match-teller.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { HELD_AT, PACKET } from './source-ring.ts';

export class GroupAttempts {
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

  /** True when some door that a group's entry speaks for expected the packet. */
  judge(): boolean {
    const tables = this.#tables;
    let used = false;
    for (let i = 0; i < tables.firstCount; i++) used = this.#judgeEntry(tables.foundFirst[i]!) || used;
    return used;
  }

  /** Starts attempts for the groups whose first step this is, unless they have taken the packet already. */
  begin(): boolean {
    const groups = this.#index.firstGroups[this.#hand.step]!;
    let used = false;
    for (const group of groups) {
      if (this.#hand.isHandled(group)) continue;
      const members = this.#index.groupDoors[group]!;
      if (!this.#hand.fits(group)) {
        this.#teller.tell(this.#hand.misfitOf(group), members[0]!, 0);
        continue;
      }
      used = true;
      if (this.#index.length(members[0]!) === 1) this.#openSingles(members);
      else this.#beginGroup(group, members);
    }
    return used;
  }

  #judgeEntry(entry: number): boolean {
    const index = this.#index;
    const { first } = this.#tables;
    const group = first.groupOf(entry);
    if (group < 0) return false;
    if (this.#time.firstLeft(entry) < 0) {
      this.#time.endGroup(entry);
      return false;
    }
    const leader = index.groupDoors[group]![0]!;
    const isFirst = index.steps[index.stepStart[leader]!] === this.#hand.step;
    const doors = index.doorsWithLaterStep(group, this.#hand.step);
    if (!isFirst && doors === undefined) return false;
    if (!this.#hand.fits(group)) {
      this.#teller.tell(this.#hand.misfitOf(group), leader, 0);
      return false;
    }
    this.#hand.setHandled(group);
    const used = doors !== undefined && this.#judgeDoors(entry, group, doors, isFirst);
    if (isFirst && !used) this.#teller.tell(told.DUPLICATE, leader, 1);
    return isFirst || used;
  }

  #judgeDoors(entry: number, group: number, doors: readonly number[], isFirst: boolean): boolean {
    let used = false;
    for (const door of doors) {
      if (!this.#tables.hadOwnEntry(door)) used = this.#judgeDoor(entry, group, door, isFirst) || used;
    }
    return used;
  }

  /** A door at stage 1 by its group's entry, which has this step as a later one. */
  #judgeDoor(entry: number, group: number, door: number, isFirst: boolean): boolean {
    const { steps, stepStart } = this.#index;
    const { step } = this.#hand;
    const base = stepStart[door]!;
    if (steps[base + 1] === step) return this.#judgeSecond(entry, group, door, isFirst);
    if (isFirst) return false;
    const isThird = this.#index.length(door) > 2 && steps[base + 2] === step;
    if (isThird && this.#mayHold) return this.#hold(entry, group, door);
    this.#teller.tell(told.WRONG_STEP, door, 1);
    this.#endDoor(entry, group, door);
    return false;
  }

  #judgeSecond(entry: number, group: number, door: number, isFirst: boolean): boolean {
    if (isFirst && this.#tables.first.markOf(entry) === this.#hand.mark())
      this.#teller.tell(told.DUPLICATE, door, 1);
    else this.#promote(entry, group, door);
    return true;
  }

  #hold(entry: number, group: number, door: number): boolean {
    const { first, middle } = this.#tables;
    const accepted = first.markOf(entry);
    const own = this.#tables.insertFromGroup(entry, group, door, 1 | HELD_BIT);
    middle.cells[own + HELD_AT] = this.#hand.now;
    middle.cells[own + PACKET] = accepted;
    this.#teller.tell(told.HELD, door, 1);
    return true;
  }

  /** Second step accepted for a door at stage 1 by its group's entry. */
  #promote(entry: number, group: number, door: number): void {
    this.#teller.tell(told.STAGE, door, 2);
    if (this.#index.length(door) > 2) {
      this.#tables.insertFromGroup(entry, group, door, 2);
      return;
    }
    this.#endDoor(entry, group, door);
    this.#teller.tell(told.OPENED, door, 2);
  }

  /** The group's entry speaks for this door no more. */
  #endDoor(entry: number, group: number, door: number): void {
    if (this.#index.groupSize[group] === 1) this.#tables.first.remove(entry);
    else this.#tables.insertFromGroup(entry, group, door, 0);
  }

  #openSingles(doors: readonly number[]): void {
    for (const door of doors) {
      this.#teller.tell(told.STAGE, door, 1);
      this.#teller.tell(told.OPENED, door, 1);
    }
  }

  #beginGroup(group: number, members: readonly number[]): void {
    const entry = this.#tables.insertGroup(group);
    this.#teller.tellFirstStep(members);
    if (this.#early.ring.live === 0) return;
    const count = this.#early.find();
    for (let i = 0; i < count; i++) {
      const step = this.#early.stepFor(group, i);
      if (step !== 0) this.#promoteEarly(entry, group, step, i);
    }
  }

  #promoteEarly(entry: number, group: number, step: number, early: number): void {
    const { steps, stepStart } = this.#index;
    for (const door of this.#index.doorsWithLaterStep(group, step) ?? []) {
      if (steps[stepStart[door]! + 1] !== step || this.#tables.ownStage(door) > 0) continue;
      this.#early.use(early);
      this.#promote(entry, group, door);
    }
  }
}
