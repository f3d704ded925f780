/** The look through all tables for what is over. Costs a pass over the entries younger than the oldest live one. */

import { HELD_BIT } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { META, type SourceRing } from './source-ring.ts';

export class Sweep {
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #time: AttemptTime;
  #nextDueMs = -1;

  constructor(hand: PacketAtHand, tables: AttemptTables, time: AttemptTime) {
    this.#hand = hand;
    this.#tables = tables;
    this.#time = time;
  }

  begin(now: number): void {
    this.#hand.now = now | 0;
    this.#nextDueMs = -1;
  }

  /** Ends attempts that are over and tells so. */
  attempts(): void {
    const { first, middle, deep } = this.#tables;
    first.forEach((entry) => {
      this.#group(entry);
    });
    for (const ring of [middle, deep]) {
      ring.forEach((entry) => {
        this.#door(ring, entry);
      });
    }
  }

  /** Removes what is older than its life. */
  plain(ring: SourceRing, lifeMs: number): void {
    ring.forEach((entry) => {
      const left = lifeMs - this.#hand.age(ring, entry);
      if (left < 0) ring.remove(entry);
      else this.#due(left);
    });
  }

  /** In how many milliseconds the next entry is over, -1 when there is none. */
  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  #group(entry: number): void {
    const { first } = this.#tables;
    const left = this.#time.firstLeft(entry);
    if (left >= 0) {
      this.#due(left);
      return;
    }
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
    this.#due(Math.max(0, this.#time.timeoutOf(ring, entry) - this.#hand.age(ring, entry)));
    if ((ring.cells[entry + META]! & HELD_BIT) !== 0) this.#due(this.#time.heldLeft(ring, entry));
  }

  #due(inMs: number): void {
    if (this.#nextDueMs < 0 || inMs + 1 < this.#nextDueMs) this.#nextDueMs = inMs + 1;
  }
}
