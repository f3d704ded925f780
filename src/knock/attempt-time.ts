/** What time does to an attempt: a held knock lapses, and the whole sequence has its time (rules 3 and 5). */

import { HELD_BIT, STAGE_MASK } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import { OWNER, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import { STAGE, TIMEOUT, WRONG_STEP } from './match-event.ts';
import type { MatchTeller } from './match-teller.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { HELD_AT, META, type SourceRing } from './source-ring.ts';

export class AttemptTime {
  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #teller: MatchTeller;
  readonly #windowMs: number;

  constructor(
    index: DoorIndex,
    hand: PacketAtHand,
    tables: AttemptTables,
    teller: MatchTeller,
    windowMs: number,
  ) {
    this.#index = index;
    this.#hand = hand;
    this.#tables = tables;
    this.#teller = teller;
    this.#windowMs = windowMs;
  }

  timeoutOf(ring: SourceRing, entry: number): number {
    return this.#index.groupTimeoutMs[this.#index.groupOf[ring.cells[entry + OWNER]!]!]!;
  }

  /** Of an entry of first steps; negative when it is over. */
  firstLeft(entry: number): number {
    const { first } = this.#tables;
    return this.#index.groupTimeoutMs[first.groupOf(entry)]! - this.#hand.age(first, entry);
  }

  /** `settle` would change the entry. */
  isUnsettled(ring: SourceRing, entry: number): boolean {
    return this.#hand.age(ring, entry) > this.timeoutOf(ring, entry) || this.#heldHasLapsed(ring, entry);
  }

  /** Brings a door's entry up to the present: what became of a held knock, and of the time, whichever came first. */
  settle(ring: SourceRing, entry: number): void {
    const { cells } = ring;
    const timeoutMs = this.timeoutOf(ring, entry);
    if (this.#heldHasLapsed(ring, entry)) {
      const lapsedAfter = (cells[entry + HELD_AT]! + this.#windowMs - cells[entry + TIME]!) | 0;
      if (lapsedAfter <= timeoutMs) this.#judgeLapsed(ring, entry);
    }
    if (ring.isLive(entry) && this.#hand.age(ring, entry) > timeoutMs) this.#endDoor(ring, entry);
  }

  /** A group's entry is over. */
  endGroup(entry: number): void {
    const { first } = this.#tables;
    const group = first.groupOf(entry);
    first.remove(entry);
    this.#teller.tellTimeout(this.#index.groupDoors[group]!);
  }

  /** The same for those that come by the thousand: false when it is to be told, by `endGroup`. */
  endGroupUntold(entry: number): boolean {
    if (this.#teller.isListening) return false;
    this.#tables.first.remove(entry);
    this.#teller.countEnd();
    return true;
  }

  /** Milliseconds that a held knock is kept yet; negative when it has lapsed. */
  heldLeft(ring: SourceRing, entry: number): number {
    return this.#windowMs - ((this.#hand.now - ring.cells[entry + HELD_AT]!) | 0);
  }

  #heldHasLapsed(ring: SourceRing, entry: number): boolean {
    return (ring.cells[entry + META]! & HELD_BIT) !== 0 && this.heldLeft(ring, entry) < 0;
  }

  /** What the held knock waited for did not come: it was a wrong step after all, at the time when it came. */
  #judgeLapsed(ring: SourceRing, entry: number): void {
    const { cells } = ring;
    const { steps, stepStart } = this.#index;
    const door = cells[entry + OWNER]!;
    const stage = cells[entry + META]! & STAGE_MASK;
    const base = stepStart[door]!;
    this.#teller.tellOfTime(WRONG_STEP, door, stage);
    if (steps[base + stage + 1] !== steps[base]) {
      this.#tables.end(ring, entry, false);
      return;
    }
    cells[entry + TIME] = cells[entry + HELD_AT]!;
    cells[entry + META] = 1;
    this.#teller.tellOfTime(STAGE, door, 1);
  }

  #endDoor(ring: SourceRing, entry: number): void {
    const stage = ring.cells[entry + META]! & STAGE_MASK;
    if (stage > 0) this.#teller.tellOfTime(TIMEOUT, ring.cells[entry + OWNER]!, stage);
    this.#tables.end(ring, entry, false);
  }
}
