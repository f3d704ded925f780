/** The doors in force: each with its sequence of this moment, which for one-time doors changes with every use. */

import type { Config, Diagnostic, Door, Step } from '../config/config.ts';
import { type OneTimeSequence, readOneTimeFile } from '../config/one-time-sequences.ts';
import type { KnockDoor } from '../knock/knock-door.ts';

export interface LiveDoor {
  readonly door: Door;
  readonly knock: KnockDoor;
  /** The line of its file that the sequence was read from. */
  readonly oneTime: OneTimeSequence | undefined;
}

/** @param off is told why a door is off; the others are not affected */
export function liveDoorsOf(config: Config, off: (door: Door, why: Diagnostic) => void): readonly LiveDoor[] {
  return config.doors.map((door) => liveDoor(door, off));
}

export function liveDoor(door: Door, off: (door: Door, why: Diagnostic) => void): LiveDoor {
  if (door.sequence.kind === 'fixed') {
    return { door, knock: knockDoor(door, door.sequence.steps), oneTime: undefined };
  }
  const next = readOneTimeFile(door.sequence.path);
  if (next.ok) return { door, knock: knockDoor(door, next.value.steps), oneTime: next.value };
  off(door, next.error);
  return switchedOff(door);
}

/** Without steps nothing opens it. */
export function switchedOff(door: Door): LiveDoor {
  return { door, knock: knockDoor(door, []), oneTime: undefined };
}

/** For each of `before` its index in `now` when attempts on it may go on, else -1. */
export function unchangedDoors(before: readonly LiveDoor[], now: readonly LiveDoor[]): readonly number[] {
  const indexOf = new Map(now.map(({ knock }, index) => [JSON.stringify(knock), index]));
  return before.map(({ knock }) => indexOf.get(JSON.stringify(knock)) ?? -1);
}

function knockDoor(door: Door, steps: readonly Step[]): KnockDoor {
  const { name, seqTimeoutMs, tcpFlags, target } = door;
  return { name, steps, seqTimeoutMs, tcpFlags, target };
}
