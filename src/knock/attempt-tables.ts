/**
 * The attempts, in three rings of fixed size by progress, so that a flood of first knocks can push out nobody who is
 * further: `first` holds sources that made the first step of a group of doors (see door-index); `middle` and `deep` hold
 * the attempts of single doors, up to stage 2 and from stage 3. An entry of a door overrides its group's for that source.
 */

import { DOOR_ENTRY, DOOR_STRAY_SHIFT, MAX_ENTRIES_PER_SOURCE, STAGE_MASK } from './attempt-entry.ts';
import { OWNER, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import { FirstSteps } from './first-steps.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import type { HashKey } from './source-hash.ts';
import { ADDRESS, HELD_AT, META, PACKET, SourceRing } from './source-ring.ts';

export class AttemptTables {
  readonly first: FirstSteps;
  readonly middle: SourceRing;
  readonly deep: SourceRing;

  /** What `find` found; the entries' owners as they were then. */
  readonly foundFirst = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly foundMiddle = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly foundDeep = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly ownersMiddle = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly ownersDeep = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  firstCount = 0;
  middleCount = 0;
  deepCount = 0;

  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;

  constructor(index: DoorIndex, hand: PacketAtHand, maxAttempts: number, hashKey: HashKey) {
    this.#index = index;
    this.#hand = hand;
    this.first = new FirstSteps(maxAttempts, hashKey);
    this.middle = new SourceRing(shareOf(maxAttempts, 1 / 8), DOOR_ENTRY);
    this.deep = new SourceRing(shareOf(maxAttempts, 1 / 16), DOOR_ENTRY);
  }

  get live(): number {
    return this.first.live + this.middle.live + this.deep.live;
  }

  /** As `find`, for the source that was at this index when the rings were prefetched. */
  findAt(index: number): boolean {
    const { hash } = this.#hand;
    const { first, middle, deep } = this;
    if (first.mayHave(index, hash) || middle.mayHave(index, hash) || deep.mayHave(index, hash))
      return this.find();
    this.firstCount = 0;
    this.middleCount = 0;
    this.deepCount = 0;
    return false;
  }

  /** Collects the entries of the source at hand. False when it has none. */
  find(): boolean {
    const hand = this.#hand;
    this.firstCount = this.first.find(hand, this.foundFirst);
    this.middleCount = this.middle.find(hand, this.foundMiddle);
    this.deepCount = this.deep.find(hand, this.foundDeep);
    for (let i = 0; i < this.middleCount; i++) {
      this.ownersMiddle[i] = this.middle.cells[this.foundMiddle[i]! + OWNER]!;
    }
    for (let i = 0; i < this.deepCount; i++) {
      this.ownersDeep[i] = this.deep.cells[this.foundDeep[i]! + OWNER]!;
    }
    return this.firstCount + this.middleCount + this.deepCount > 0;
  }

  /** An insert for this very packet may have taken the slot of an entry that was found before it. */
  isStill(ring: SourceRing, entry: number, owner: number): boolean {
    const { cells } = ring;
    const hand = this.#hand;
    return (
      cells[entry + OWNER] === owner &&
      cells[entry + ADDRESS + 3] === hand.w3 &&
      cells[entry + ADDRESS + 2] === hand.w2 &&
      cells[entry + ADDRESS + 1] === hand.w1 &&
      cells[entry + ADDRESS] === hand.w0
    );
  }

  /** The group's entry of this source among those found, or -1 when it has none or one that is over. */
  groupEntry(group: number): number {
    for (let i = 0; i < this.firstCount; i++) {
      const entry = this.foundFirst[i]!;
      const isOurs = this.first.groupOf(entry) === group;
      if (isOurs && this.#hand.age(this.first, entry) <= this.#index.groupTimeoutMs[group]!) return entry;
    }
    return -1;
  }

  /** True when the source had an entry of its own for this door when the packet came. */
  hadOwnEntry(door: number): boolean {
    for (let i = 0; i < this.middleCount; i++) if (this.ownersMiddle[i] === door) return true;
    for (let i = 0; i < this.deepCount; i++) if (this.ownersDeep[i] === door) return true;
    return false;
  }

  /** The stage of the door's own entry as it is now, 0 without one. */
  ownStage(door: number): number {
    return Math.max(
      this.#stageIn(this.middle, this.foundMiddle, this.middleCount, door),
      this.#stageIn(this.deep, this.foundDeep, this.deepCount, door),
    );
  }

  /** A first step. Returns the entry. */
  insertGroup(group: number): number {
    const hand = this.#hand;
    const entry = this.first.insert(hand, hand.now, group, MAX_ENTRIES_PER_SOURCE, this.firstCount);
    if (this.#index.groupRepeats[group] === 1) this.first.setMark(entry, hand.mark());
    return entry;
  }

  insertDoor(ring: SourceRing, door: number, start: number, meta: number): number {
    const entry = ring.insert(this.#hand, start, door, MAX_ENTRIES_PER_SOURCE);
    ring.cells[entry + META] = meta;
    ring.cells[entry + HELD_AT] = 0;
    ring.cells[entry + PACKET] = this.#hand.mark();
    return entry;
  }

  /** Gives the door an entry of its own, with the start and the strays of the group's. */
  insertFromGroup(entry: number, group: number, door: number, stage: number): number {
    const strays = this.first.straysOf(entry);
    const start = this.first.cells[entry + TIME]!;
    if (this.#index.groupSize[group] === 1) this.first.remove(entry);
    return this.insertDoor(this.middle, door, start, stage | (strays << DOOR_STRAY_SHIFT));
  }

  /**
   * The door has no attempt any more. The entry stays as a mark where the group's entry would else speak for the door:
   * one that is there, or one that this packet is about to make although the door has `used` it.
   */
  end(ring: SourceRing, entry: number, used: boolean): void {
    const index = this.#index;
    const door = ring.cells[entry + OWNER]!;
    const group = index.groupOf[door]!;
    const shared = index.groupSize[group]! > 1;
    const groupEntry = shared ? this.groupEntry(group) : -1;
    const beginsGroup = used && shared && index.steps[index.stepStart[door]!] === this.#hand.step;
    if (groupEntry < 0 && !beginsGroup) {
      ring.remove(entry);
      return;
    }
    ring.cells[entry + META] = 0;
    ring.cells[entry + TIME] = groupEntry < 0 ? this.#hand.now : this.first.cells[groupEntry + TIME]!;
  }

  #stageIn(ring: SourceRing, found: Int32Array, count: number, door: number): number {
    for (let i = 0; i < count; i++) {
      if (this.isStill(ring, found[i]!, door)) return ring.cells[found[i]! + META]! & STAGE_MASK;
    }
    return 0;
  }
}

/** The size of a smaller table beside that of the first steps: a flood of one packet a source fills only the latter. */
export function shareOf(total: number, part: number): number {
  return Math.max(64, Math.floor(total * part));
}
