/** Doors by number, also those that a reload has taken away while events still speak of them. */

import type { Step } from '../config/config.ts';

/** What of a door explains its events. */
export interface RememberedDoor {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly seqTimeoutMs: number;
}

/** Doors kept beyond those in force before those without events are forgotten. */
const MOST_PAST = 4096;

export class RememberedDoors<D extends RememberedDoor> {
  #doors: D[] = [];
  #numbers = new Map<D, number>();
  /** Of the doors in force, in the matcher's order. */
  #current = new Int32Array(0);

  /** The same object is the same door. True when it is time for `keepOnly`. */
  set(doors: readonly D[]): boolean {
    this.#current = Int32Array.from(doors, (door) => this.#numberOf(door));
    return this.#doors.length > doors.length + MOST_PAST;
  }

  /** Of the door at the matcher's index; -1 for none. */
  number(index: number): number {
    return index < 0 ? -1 : this.#current[index]!;
  }

  door(number: number): D | undefined {
    return this.#doors[number];
  }

  get count(): number {
    return this.#doors.length;
  }

  /** Forgets doors that are neither in force nor `used`. Gives the new number of each old one. */
  keepOnly(used: Uint8Array): Int32Array {
    for (const number of this.#current) used[number] = 1;
    const kept: D[] = [];
    const moved = Int32Array.from(this.#doors, (door, number) =>
      used[number] === 1 ? kept.push(door) - 1 : -1,
    );
    this.#doors = kept;
    this.#numbers = new Map(kept.map((door, number) => [door, number]));
    this.#current = this.#current.map((number) => moved[number]!);
    return moved;
  }

  #numberOf(door: D): number {
    let number = this.#numbers.get(door);
    if (number === undefined) {
      number = this.#doors.push(door) - 1;
      this.#numbers.set(door, number);
    }
    return number;
  }
}
