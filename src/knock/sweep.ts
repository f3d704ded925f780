/**
 * The look through all tables for what is over, in pieces: however full the tables are, packets wait for no more than one
 * piece.
 */

import { HELD_BIT } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { ChainedRing } from './chained-ring.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { META, type SourceRing } from './source-ring.ts';

/** Slots that one call looks at: 0.1 ms where nothing is over, some 4 ms where everything is. */
const PIECE = 16_384;

/** A table whose entries are over after a time of their own, and nobody is told. */
export interface PlainTable {
  readonly ring: SourceRing;
  readonly lifeMs: number;
}

interface Part {
  readonly ring: ChainedRing;
  readonly visit: (entry: number) => void;
}

export class Sweep {
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #time: AttemptTime;
  readonly #parts: readonly Part[];
  #part = 0;
  /** When the next entry of those looked at is over; undefined when none will be. */
  #due: number | undefined;

  constructor(
    hand: PacketAtHand,
    tables: AttemptTables,
    time: AttemptTime,
    plainTables: readonly PlainTable[],
  ) {
    this.#hand = hand;
    this.#tables = tables;
    this.#time = time;
    const { first, middle, deep } = tables;
    this.#parts = [
      { ring: first, visit: (entry) => this.#group(entry) },
      ...[middle, deep].map((ring) => ({ ring, visit: (entry: number) => this.#door(ring, entry) })),
      ...plainTables.map(({ ring, lifeMs }) => ({
        ring,
        visit: (entry: number) => this.#plain(ring, lifeMs, entry),
      })),
    ];
  }

  /**
   * Ends what is over and tells so. Returns in how many milliseconds to call again: 0 when there is more to look at, else
   * when the next entry is over, -1 when there is none.
   */
  look(now: number): number {
    this.#hand.now = now | 0;
    let left = PIECE;
    for (; this.#part < this.#parts.length; this.#part++) {
      const { ring, visit } = this.#parts[this.#part]!;
      left = ring.forSome(left, visit);
      if (left < 0) return 0;
    }
    const due = this.#due;
    this.#part = 0;
    this.#due = undefined;
    return due === undefined ? -1 : Math.max(0, (due - this.#hand.now) | 0);
  }

  /** Removes what is older than its life. */
  #plain(ring: SourceRing, lifeMs: number, entry: number): void {
    const left = lifeMs - this.#hand.age(ring, entry);
    if (left < 0) ring.remove(entry);
    else this.#dueIn(left);
  }

  #group(entry: number): void {
    const { first } = this.#tables;
    const left = this.#time.firstLeft(entry);
    if (left >= 0) {
      this.#dueIn(left);
      return;
    }
    if (this.#time.endGroupUntold(entry)) return;
    if (!first.readSource(entry, this.#hand)) {
      first.remove(entry);
      return;
    }
    this.#hand.takeNoPacket();
    this.#tables.find();
    this.#time.endGroup(entry);
  }

  #door(ring: SourceRing, entry: number): void {
    if (this.#time.isUnsettled(ring, entry)) {
      this.#hand.takeSourceOf(ring, entry);
      this.#tables.find();
      this.#time.settle(ring, entry);
      if (!ring.isLive(entry)) return;
    }
    this.#dueIn(Math.max(0, this.#time.timeoutOf(ring, entry) - this.#hand.age(ring, entry)));
    if ((ring.cells[entry + META]! & HELD_BIT) !== 0) this.#dueIn(this.#time.heldLeft(ring, entry));
  }

  #dueIn(inMs: number): void {
    const due = (this.#hand.now + inMs + 1) | 0;
    if (this.#due === undefined || ((due - this.#due) | 0) < 0) this.#due = due;
  }
}
