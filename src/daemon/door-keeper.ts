/**
 * Which doors are in force: takes sequences out of use that were used, gives time-based doors the sequences of the time,
 * and knows why a door is off.
 */

import { wallMs } from '../base/clock.ts';
import type { Config, Diagnostic, Door } from '../config/config.ts';
import { markUsed } from '../config/one-time-sequences.ts';
import type { RefusalReason } from '../grant/decision.ts';
import { TOTP_STEP_MS } from '../spa/totp-sequence.ts';
import { takeStep } from '../spa/totp-use.ts';
import { type LiveDoor, liveDoor, liveDoorsOf, switchedOff, withTimeOf } from './live-doors.ts';
import type { SpaReplay } from './spa-desk.ts';

export interface DoorKeeperOptions {
  /** Why a door is off; the others are not affected. */
  readonly off: (door: Door, why: Diagnostic) => void;
  /** Other sequences are in force. */
  readonly changed: (doors: readonly LiveDoor[]) => void;
}

/** Whether a door that was matched opens; undefined: it does. */
export type Verdict = RefusalReason | undefined;

const UNSET_CLOCK: Diagnostic = {
  ...{ file: 'the system clock', line: 0, column: 0 },
  message: 'the clock is not set, so that nobody knows which time-based sequence is good',
  hint: 'set it: date, chronyc, timedatectl',
};

export class DoorKeeper {
  readonly #options: DoorKeeperOptions;
  readonly #whyOff = new Map<string, string>();
  #doors: readonly LiveDoor[] = [];
  #replay: SpaReplay | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DoorKeeperOptions) {
    this.#options = options;
  }

  /** By name, for doors that are off. */
  get whyOff(): ReadonlyMap<string, string> {
    return this.#whyOff;
  }

  /** @param replay what time-based doors remember their uses in; undefined when there are none */
  setDoors(config: Config, replay: SpaReplay | undefined): readonly LiveDoor[] {
    this.#whyOff.clear();
    this.#replay = replay;
    this.#doors = liveDoorsOf(config, this.#off, wallMs());
    this.#tellUnsetClock();
    this.#setTimer();
    return this.#doors;
  }

  /** Uses up the sequence that opened the door. What is on the disk before the door opens takes a moment. */
  use(door: LiveDoor): Verdict | Promise<Verdict> {
    if (door.oneTime !== undefined) return this.#useUp(door, door.oneTime);
    return door.totpStep === undefined ? undefined : this.#useStep(door.door.name, door.totpStep);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** From the next packet on the next sequence counts. */
  #useUp(used: LiveDoor, sequence: NonNullable<LiveDoor['oneTime']>): Verdict {
    const marked = markUsed(sequence);
    if (!marked.ok) this.#off(used.door, marked.error);
    const next = marked.ok ? liveDoor(used.door, this.#off) : switchedOff(used.door);
    this.#change(this.#doors.map((each) => (each === used ? next : each)));
    return marked.ok ? undefined : 'door-off';
  }

  async #useStep(name: string, step: number): Promise<Verdict> {
    if (this.#replay === undefined || !takeStep(this.#replay, name, step, wallMs())) return 'used-sequence';
    const written = await this.#replay.written();
    if (!written.ok) return 'replay-failed';
    return this.#doors.some(({ door }) => door.name === name) ? undefined : 'door-off';
  }

  readonly #off = (door: Door, why: Diagnostic): void => {
    this.#whyOff.set(door.name, why.message);
    this.#options.off(door, why);
  };

  /** Time-based doors have no sequence while nobody knows the time: told once, until it is known. */
  #tellUnsetClock(): void {
    for (const { door, knock } of this.#doors) {
      if (door.sequence.kind !== 'totp') continue;
      const isOff = knock.steps.length === 0;
      if (isOff && !this.#whyOff.has(door.name)) this.#off(door, UNSET_CLOCK);
      if (!isOff) this.#whyOff.delete(door.name);
    }
  }

  #change(doors: readonly LiveDoor[]): void {
    this.#doors = doors;
    this.#options.changed(doors);
  }

  /** To the next step of time. The wall clock may be set meanwhile, so it is looked at once a step at least. */
  #setTimer(): void {
    clearTimeout(this.#timer);
    if (!this.#doors.some(({ door }) => door.sequence.kind === 'totp')) return;
    const leftMs = TOTP_STEP_MS - (wallMs() % TOTP_STEP_MS);
    this.#timer = setTimeout(() => {
      this.#change(withTimeOf(this.#doors, wallMs()));
      this.#tellUnsetClock();
      this.#setTimer();
    }, leftMs + 1);
  }
}
