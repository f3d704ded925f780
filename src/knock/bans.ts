/** Sources that scanned, for the ban time. */

import { MAX_ENTRIES_PER_SOURCE, SHORT_ENTRY } from './attempt-entry.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import type { HashKey } from './source-hash.ts';
import { SourceRing } from './source-ring.ts';

export class Bans {
  readonly ring: SourceRing;
  readonly #hand: PacketAtHand;
  readonly #banTimeMs: number;
  readonly #found = new Int32Array(MAX_ENTRIES_PER_SOURCE);

  /** @param banTimeMs 0: nobody is banned */
  constructor(hand: PacketAtHand, banTimeMs: number, capacity: number, hashKey: HashKey) {
    this.#hand = hand;
    this.#banTimeMs = banTimeMs;
    this.ring = new SourceRing(capacity, SHORT_ENTRY, hashKey);
  }

  /** Bans the source at hand from now on. */
  ban(): void {
    const { w0, w1, w2, w3, now } = this.#hand;
    if (this.#banTimeMs > 0) this.ring.insert(w0, w1, w2, w3, now, 0, 1);
  }

  isBanned(): boolean {
    if (this.ring.live === 0) return false;
    const { w0, w1, w2, w3 } = this.#hand;
    const count = this.ring.find(w0, w1, w2, w3, this.#found);
    for (let i = 0; i < count; i++) {
      if (this.#hand.age(this.ring, this.#found[i]!) <= this.#banTimeMs) return true;
    }
    return false;
  }
}
