/** Sources that scanned, for the ban time. */

import type { IpAddress } from '../net/ip-address.ts';
import { type Prefix, prefixTest } from '../net/prefix.ts';
import { BAN_ENTRY, MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { ADDRESS, SourceRing } from './source-ring.ts';

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

  /** How long the address is banned for yet; undefined when it is not. */
  leftMs({ w0, w1, w2, w3 }: IpAddress, now: number): number | undefined {
    const hand = this.#hand;
    Object.assign(hand, { w0, w1, w2, w3, now: now | 0 });
    hand.takeNoPacket();
    const count = this.ring.find(hand, this.#found);
    const left = Array.from(
      this.#found.subarray(0, count),
      (entry) => this.#banTimeMs - hand.age(this.ring, entry),
    );
    return left.find((ms) => ms >= 0);
  }

  /** Ends the bans in the prefix. Gives how many. */
  lift(prefix: Prefix): number {
    const { ring } = this;
    const isIn = prefixTest(prefix);
    let count = 0;
    ring.forNewest(ring.capacity, (entry) => {
      const at = entry + ADDRESS;
      const { cells } = ring;
      if (!isIn(cells[at]!, cells[at + 1]!, cells[at + 2]!, cells[at + 3]!)) return;
      ring.remove(entry);
      count++;
    });
    return count;
  }
}
