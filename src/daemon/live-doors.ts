/**
 * The doors in force: each with its sequence of this moment. Those of one-time doors change with every use, those of
 * time-based doors with the time.
 */

import type { Config, Diagnostic, Door, Step } from '../config/config.ts';
import { type OneTimeSequence, readOneTimeFile } from '../config/one-time-sequences.ts';
import type { KnockDoor } from '../knock/knock-door.ts';
import { type StepSequence, totpWindow } from '../spa/totp-window.ts';

export interface LiveDoor {
  readonly door: Door;
  readonly knock: KnockDoor;
  /** The line of its file that the sequence was read from. */
  readonly oneTime: OneTimeSequence | undefined;
  /** The step of time that the sequence is for. */
  readonly totpStep: number | undefined;
}

/**
 * @param off is told why a door is off; the others are not affected
 * @param wallMs decides the sequences of time-based doors, of which each has several at a time
 */
export function liveDoorsOf(
  config: Pick<Config, 'doors'>,
  off: (door: Door, why: Diagnostic) => void,
  wallMs: number,
): readonly LiveDoor[] {
  return config.doors.flatMap((door) => {
    const { sequence } = door;
    if (sequence.kind !== 'totp') return [liveDoor(door, off)];
    return timedDoors(door, totpWindow(sequence.secret, sequence.shape, wallMs).sequences);
  });
}

/** For every kind but time-based doors. */
export function liveDoor(door: Door, off: (door: Door, why: Diagnostic) => void): LiveDoor {
  const { sequence } = door;
  switch (sequence.kind) {
    case 'fixed':
      return inForce(door, sequence.steps, {});
    case 'one-time': {
      const next = readOneTimeFile(sequence.path);
      if (next.ok) return inForce(door, next.value.steps, { oneTime: next.value });
      off(door, next.error);
      return switchedOff(door);
    }
    case 'totp':
    case 'spa':
      return switchedOff(door);
  }
}

/** The list with the sequences of this moment for time-based doors, and the others as they are. */
export function withTimeOf(doors: readonly LiveDoor[], wallMs: number): readonly LiveDoor[] {
  const done = new Set<Door>();
  return doors.flatMap((live) => {
    const { door } = live;
    if (door.sequence.kind !== 'totp') return [live];
    if (done.has(door)) return [];
    done.add(door);
    return timedDoors(door, totpWindow(door.sequence.secret, door.sequence.shape, wallMs).sequences);
  });
}

/** Without steps nothing opens it. */
export function switchedOff(door: Door): LiveDoor {
  return inForce(door, [], {});
}

/** For each of `before` its index in `now` when attempts on it may go on, else -1. */
export function unchangedDoors(before: readonly LiveDoor[], now: readonly LiveDoor[]): readonly number[] {
  const indexOf = new Map(now.map(({ knock }, index) => [JSON.stringify(knock), index]));
  return before.map(({ knock }) => indexOf.get(JSON.stringify(knock)) ?? -1);
}

/** One at least, so that the door is still in the list while the clock is not set. */
function timedDoors(door: Door, sequences: readonly StepSequence[]): readonly LiveDoor[] {
  if (sequences.length === 0) return [switchedOff(door)];
  return sequences.map(({ step, sequence }) => inForce(door, sequence, { totpStep: step }));
}

function inForce(
  door: Door,
  steps: readonly Step[],
  { oneTime, totpStep }: Partial<Pick<LiveDoor, 'oneTime' | 'totpStep'>>,
): LiveDoor {
  return { door, knock: knockDoor(door, steps), oneTime, totpStep };
}

function knockDoor(door: Door, steps: readonly Step[]): KnockDoor {
  const { name, seqTimeoutMs, tcpFlags, target } = door;
  return { name, steps, seqTimeoutMs, tcpFlags, target };
}
