/** Second steps that came before any first one, kept for the reorder window (rule 5 of docs/knocking.md). */

import { TCP } from '../net/protocol.ts';
import { EARLY_ENTRY, EARLY_STRAYS, MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';
import { OWNER } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { META, SourceRing } from './source-ring.ts';

/** How the knock came: its flags in the low byte, these, and the number of its target above. */
const IS_TCP = 0x100;
const TO_OWN = 0x200;
const TARGET_SHIFT = 10;

export class EarlyKnocks {
  readonly ring: SourceRing;
  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;
  readonly #windowMs: number;
  readonly #found = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  readonly #used = new Int32Array(MAX_ENTRIES_PER_SOURCE);
  #foundCount = 0;
  #usedCount = 0;

  constructor(index: DoorIndex, hand: PacketAtHand, windowMs: number, capacity: number) {
    this.#index = index;
    this.#hand = hand;
    this.#windowMs = windowMs;
    this.ring = new SourceRing(capacity, EARLY_ENTRY);
  }

  /** Keeps the packet at hand if it is some door's second step. */
  remember(): void {
    const hand = this.#hand;
    if (this.#windowMs === 0 || this.#index.isSecond[hand.step] === 0) return;
    const { cells } = this.ring;
    this.find();
    for (let i = 0; i < this.#foundCount; i++) {
      if (cells[this.#found[i]! + OWNER] === hand.step) this.ring.remove(this.#found[i]!);
    }
    const entry = this.ring.insert(hand, hand.now, hand.step, MAX_ENTRIES_PER_SOURCE);
    cells[entry + META] =
      hand.tcpFlags |
      (hand.protocol === TCP ? IS_TCP : 0) |
      (hand.toOwn ? TO_OWN : 0) |
      (hand.target << TARGET_SHIFT);
    cells[entry + EARLY_STRAYS] = 0;
  }

  /** Looks for the early knocks of the source at hand; the answer is their number. */
  find(): number {
    this.#foundCount = this.ring.find(this.#hand, this.#found);
    return this.#foundCount;
  }

  /** The step of a found knock if it may count for the group, else 0. */
  stepFor(group: number, i: number): number {
    const { cells } = this.ring;
    const entry = this.#found[i]!;
    if (this.#hand.age(this.ring, entry) > this.#windowMs) return 0;
    const meta = cells[entry + META]!;
    const isTcp = (meta & IS_TCP) !== 0;
    const toOwn = (meta & TO_OWN) !== 0;
    if (!this.#hand.fitsAs(group, meta & 0xff, isTcp, toOwn, meta >> TARGET_SHIFT)) return 0;
    return cells[entry + OWNER]!;
  }

  /** A found knock counts. It serves every door that the packet at hand starts and is gone after it. */
  use(i: number): void {
    if (this.#usedCount < this.#used.length) this.#used[this.#usedCount++] = this.#found[i]!;
  }

  /** True, and the early knock is used, when this source sent the door's second step within the window. */
  takeFor(door: number): boolean {
    const index = this.#index;
    if (this.ring.live === 0 || index.length(door) < 2) return false;
    const second = index.steps[index.stepStart[door]! + 1]!;
    const count = this.find();
    for (let i = 0; i < count; i++) {
      if (this.stepFor(index.groupOf[door]!, i) !== second) continue;
      this.use(i);
      return true;
    }
    return false;
  }

  /** The packet has been judged. */
  removeUsed(): void {
    for (let i = 0; i < this.#usedCount; i++) this.ring.remove(this.#used[i]!);
    this.#usedCount = 0;
  }

  /** A scan from the highest port down must not meet a second step and then the first one within the window. */
  countStray(maxStrays: number): void {
    const { cells } = this.ring;
    const count = this.find();
    for (let i = 0; i < count; i++) {
      const entry = this.#found[i]!;
      const strays = cells[entry + EARLY_STRAYS]! + 1;
      cells[entry + EARLY_STRAYS] = strays;
      if (strays > maxStrays) this.ring.remove(entry);
    }
  }
}
