/**
 * Events of sources that got further than a first step, the last ones of each in a ring of its own: neither a flood nor
 * what another source does can wash them away. When there are too many such sources, the one that was quiet for longest
 * makes room. A hash table with sets of a few sources, made of typed arrays: a look-up costs the same at all times.
 */

import type { HashKey } from '../knock/source-hash.ts';
import {
  DOOR,
  EVENT_CELLS,
  type RememberedEvent,
  repeated,
  STATE,
  stageOf,
  unpackEvent,
  WHAT,
} from './remembered-event.ts';

/** 2,048 sources with 32 events each: 1.4 MB. */
const SETS = 512;
/** Leaves the highest bits of a hash, as many as number the sets. */
const SET_SHIFT = 32 - 9;
const WAYS = 4;
const EVENTS_EACH = 32;

/** Of a source: its address, and how many events it has had, 0 for a free place. A full ring counts on from EVENTS_EACH. */
const TOTAL = 4;
const SOURCE_CELLS = 5;

export class FurtherEvents {
  /** The time of what is appended, monotonic. */
  nowMs = 0;
  readonly #key: HashKey;
  readonly #sources = new Int32Array(SETS * WAYS * SOURCE_CELLS);
  readonly #events = new Int32Array(SETS * WAYS * EVENTS_EACH * EVENT_CELLS);
  readonly #times = new Float64Array(SETS * WAYS * EVENTS_EACH);
  /** When each source had its last event. */
  readonly #lastMs = new Float64Array(SETS * WAYS);

  constructor(key: HashKey) {
    this.#key = key;
  }

  /** The place of a source, or a negative number for one that is not here. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    const sources = this.#sources;
    const first = this.#firstPlace(w0, w1, w2, w3);
    for (let place = first; place < first + WAYS; place++) {
      const at = place * SOURCE_CELLS;
      if (
        sources[at + 3] === w3 &&
        sources[at + 2] === w2 &&
        sources[at + 1] === w1 &&
        sources[at] === w0 &&
        sources[at + TOTAL]! > 0
      )
        return place;
    }
    return -1;
  }

  /** Makes a place for a source that has none. */
  add(w0: number, w1: number, w2: number, w3: number): number {
    const first = this.#firstPlace(w0, w1, w2, w3);
    let place = first;
    for (let other = first + 1; other < first + WAYS; other++) {
      if (this.#lastMs[other]! < this.#lastMs[place]!) place = other;
    }
    this.#sources.set([w0, w1, w2, w3, 0], place * SOURCE_CELLS);
    return place;
  }

  /** An event that repeats the last one of its source is counted and not kept. */
  append(place: number, what: number, door: number, state: number): void {
    const timeMs = this.nowMs;
    const events = this.#events;
    const total = place * SOURCE_CELLS + TOTAL;
    const before = this.#sources[total]!;
    this.#lastMs[place] = timeMs;
    if (before > 0) {
      const last = place * EVENTS_EACH + ((before - 1) % EVENTS_EACH);
      const at = last * EVENT_CELLS;
      if (
        events[at + WHAT] === what &&
        events[at + DOOR] === door &&
        stageOf(events[at + STATE]!) === state
      ) {
        events[at + STATE] = repeated(events[at + STATE]!);
        this.#times[last] = timeMs;
        return;
      }
    }
    const slot = place * EVENTS_EACH + (before % EVENTS_EACH);
    const at = slot * EVENT_CELLS;
    events[at + WHAT] = what;
    events[at + DOOR] = door;
    events[at + STATE] = state;
    this.#times[slot] = timeMs;
    this.#sources[total] = before + 1 === 2 * EVENTS_EACH ? EVENTS_EACH : before + 1;
  }

  /** Each source's events oldest first. */
  collect(fits: (w0: number, w1: number, w2: number, w3: number) => boolean, into: RememberedEvent[]): void {
    this.#eachSource((place) => {
      const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = this.#sources.subarray(place * SOURCE_CELLS);
      if (!fits(w0, w1, w2, w3)) return;
      this.#eachEvent(place, (slot) => {
        const event = unpackEvent(this.#events, slot * EVENT_CELLS);
        into.push({ ...event, timeMs: this.#times[slot]!, w0, w1, w2, w3 });
      });
    });
  }

  markDoors(used: Uint8Array): void {
    this.#eachDoor((at) => {
      used[this.#events[at]!] = 1;
    });
  }

  moveDoors(moved: Int32Array): void {
    this.#eachDoor((at) => {
      this.#events[at] = moved[this.#events[at]!]!;
    });
  }

  /** One multiplication a word will do: whoever wants to aim at a set has to get further himself. */
  #firstPlace(w0: number, w1: number, w2: number, w3: number): number {
    const { k0, k1 } = this.#key;
    const low = Math.imul(w3 ^ k0, 0x7feb352d) ^ Math.imul(w2 ^ k1, 0x846ca68b);
    const high = Math.imul(w1 ^ k0, 0x9e3779b1) + Math.imul(w0 ^ k1, 0x85ebca6b);
    return ((low ^ high) >>> SET_SHIFT) * WAYS;
  }

  #eachSource(visit: (place: number) => void): void {
    for (let place = 0; place < SETS * WAYS; place++) {
      if (this.#sources[place * SOURCE_CELLS + TOTAL]! > 0) visit(place);
    }
  }

  #eachEvent(place: number, visit: (slot: number) => void): void {
    const total = this.#sources[place * SOURCE_CELLS + TOTAL]!;
    for (let i = Math.max(0, total - EVENTS_EACH); i < total; i++)
      visit(place * EVENTS_EACH + (i % EVENTS_EACH));
  }

  #eachDoor(visit: (at: number) => void): void {
    this.#eachSource((place) => {
      this.#eachEvent(place, (slot) => {
        const at = slot * EVENT_CELLS + DOOR;
        if (this.#events[at]! >= 0) visit(at);
      });
    });
  }
}
