/** Sources that scanned, for the ban time. */

import { BAN_ENTRY, MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { SourceRing } from './source-ring.ts';

export class Bans {
  readonly ring: SourceRing;
  readonly #hand: PacketAtHand;
  readonly #banTimeMs: number;
  readonly #found = new Int32Array(MAX_ENTRIES_PER_SOURCE);

  /** @param banTimeMs 0: nobody is banned */
  constructor(hand: PacketAtHand, banTimeMs: number, capacity: number) {
    this.#hand = hand;
    this.#banTimeMs = banTimeMs;
    this.ring = new SourceRing(capacity, BAN_ENTRY);
  }

  /** Bans the source at hand from now on. */
  ban(): void {
    if (this.#banTimeMs > 0) this.ring.insert(this.#hand, this.#hand.now, 0, 1);
  }

  isBanned(): boolean {
    if (this.ring.live === 0) return false;
    const count = this.ring.find(this.#hand, this.#found);
    for (let i = 0; i < count; i++) {
      if (this.#hand.age(this.ring, this.#found[i]!) <= this.#banTimeMs) return true;
    }
    return false;
  }
}
