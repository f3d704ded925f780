/** Events of sources that got no further than a first step: what a flood of forged knocks fills, and only that. */

import { DOOR, EVENT_CELLS, type RememberedEvent, STATE, unpackEvent, WHAT } from './remembered-event.ts';

/** 0.6 MB. Without a flood those of days; a flood, of which it hears some 20,000 a second, washes them away within a second. */
const CAPACITY = 16_384;

const ADDRESS = EVENT_CELLS;
const STRIDE = EVENT_CELLS + 4;

export class FirstEvents {
  /** The time of what is appended, monotonic. */
  nowMs = 0;
  readonly #cells: Int32Array;
  readonly #times: Float64Array;
  readonly #capacity: number;
  #count = 0;
  #next = 0;
  #forgotMs: number | undefined;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    this.#cells = new Int32Array(capacity * STRIDE);
    this.#times = new Float64Array(capacity);
  }

  /** In the place of the oldest. `what` and `state` as packed by remembered-event. */
  append(what: number, door: number, state: number, w0: number, w1: number, w2: number, w3: number): void {
    const cells = this.#cells;
    const slot = this.#next;
    const at = slot * STRIDE;
    cells[at + WHAT] = what;
    cells[at + DOOR] = door;
    cells[at + STATE] = state;
    cells[at + ADDRESS] = w0;
    cells[at + ADDRESS + 1] = w1;
    cells[at + ADDRESS + 2] = w2;
    cells[at + ADDRESS + 3] = w3;
    this.#times[slot] = this.nowMs;
    this.#next = slot + 1 === this.#capacity ? 0 : slot + 1;
    if (this.#count < this.#capacity) this.#count++;
  }

  /** Of what came at this time not everything was appended. */
  forgot(): void {
    this.#forgotMs = this.nowMs;
  }

  /** Since when everything is remembered; undefined while nothing is forgotten. */
  get sinceMs(): number | undefined {
    const oldestMs = this.#count < this.#capacity ? undefined : this.#times[this.#next];
    if (oldestMs === undefined || this.#forgotMs === undefined) return oldestMs ?? this.#forgotMs;
    return Math.max(oldestMs, this.#forgotMs);
  }

  /** Oldest first. */
  collect(fits: (w0: number, w1: number, w2: number, w3: number) => boolean, into: RememberedEvent[]): void {
    const cells = this.#cells;
    const first = this.#count < this.#capacity ? 0 : this.#next;
    for (let i = 0; i < this.#count; i++) {
      const slot = (first + i) % this.#capacity;
      const at = slot * STRIDE;
      const w0 = cells[at + ADDRESS]!;
      const w1 = cells[at + ADDRESS + 1]!;
      const w2 = cells[at + ADDRESS + 2]!;
      const w3 = cells[at + ADDRESS + 3]!;
      if (fits(w0, w1, w2, w3))
        into.push({ ...unpackEvent(cells, at), timeMs: this.#times[slot]!, w0, w1, w2, w3 });
    }
  }

  markDoors(used: Uint8Array): void {
    this.#eachDoor((at) => {
      used[this.#cells[at]!] = 1;
    });
  }

  moveDoors(moved: Int32Array): void {
    this.#eachDoor((at) => {
      this.#cells[at] = moved[this.#cells[at]!]!;
    });
  }

  #eachDoor(visit: (at: number) => void): void {
    for (let slot = 0; slot < this.#count; slot++) {
      const at = slot * STRIDE + DOOR;
      if (this.#cells[at]! >= 0) visit(at);
    }
  }
}
