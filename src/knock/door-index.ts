/**
 * The doors compiled for look-up by packet. Doors that share the first step, the flags, the target and the time form a
 * *group*: their first step is one entry in the attempt table, so a packet costs the same whether 1 door or 1,000 begin
 * with it. A *step id* numbers the distinct (protocol, port) pairs from 1; 0 is no step of any door.
 */

import type { Step } from '../config/config.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { TCP } from '../net/protocol.ts';
import { AddressSet } from './address-set.ts';
import type { KnockDoor } from './knock-door.ts';

/** A run of entries in a flat list. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const EMPTY: Range = { start: 0, end: 0 };

export class DoorIndex {
  readonly #tcp = new Int32Array(65_536);
  readonly #udp = new Int32Array(65_536);
  readonly targets: AddressSet;

  /** Step ids of all doors, one after the other; door d has those from stepStart[d] to stepStart[d + 1]. */
  readonly steps: Int32Array;
  readonly stepStart: Int32Array;
  readonly groupOf: Int32Array;

  readonly groupSize: Int32Array;
  readonly groupTimeoutMs: Int32Array;
  readonly groupMask: Int32Array;
  readonly groupValue: Int32Array;
  /** Number of the target in `targets`; 0: this host's own addresses. */
  readonly groupTarget: Int32Array;
  /** 1 for a group that has a door whose second step is its first one again. */
  readonly groupRepeats: Uint8Array;
  /** Doors of each group, in the order of the configuration. */
  readonly groupDoors: readonly (readonly number[])[];

  /** Groups that begin with a step, by step id. */
  readonly firstGroups: readonly (readonly number[])[];
  /** By step id: the group, where one alone begins with the step, with doors of two steps and more; else -1. */
  readonly plainGroup: Int32Array;
  /** 1 where a step is the second of some door, by step id. */
  readonly isSecond: Uint8Array;
  readonly #doorsAt = new Map<number, number[]>();
  readonly #stepCount: number;

  constructor(doors: readonly KnockDoor[]) {
    this.targets = new AddressSet(doors.flatMap((door) => (door.target === undefined ? [] : [door.target])));
    this.stepStart = new Int32Array(doors.length + 1);
    this.groupOf = new Int32Array(doors.length).fill(-1);
    doors.forEach((door, d) => {
      this.stepStart[d + 1] = this.stepStart[d]! + door.steps.length;
    });
    this.steps = new Int32Array(this.stepStart[doors.length]!);
    this.#stepCount = this.#numberSteps(doors);
    const groups = this.#formGroups(doors);
    this.groupDoors = groups;
    this.groupSize = Int32Array.from(groups, (members) => members.length);
    const leaders = groups.map((members) => doors[members[0]!]!);
    this.groupTimeoutMs = Int32Array.from(leaders, (door) => door.seqTimeoutMs);
    this.groupMask = Int32Array.from(leaders, (door) => door.tcpFlags.mask);
    this.groupValue = Int32Array.from(leaders, (door) => door.tcpFlags.value);
    this.groupTarget = Int32Array.from(leaders, (door) => this.#targetOf(door));
    this.groupRepeats = Uint8Array.from(groups, (members) =>
      members.some((d) => this.#repeatsFirst(d)) ? 1 : 0,
    );
    const firstGroups: number[][] = Array.from({ length: this.#stepCount + 1 }, () => []);
    groups.forEach((members, g) => {
      firstGroups[this.steps[this.stepStart[members[0]!]!]!]!.push(g);
    });
    this.firstGroups = firstGroups;
    this.plainGroup = Int32Array.from(firstGroups, ([group = -1, ...others]) =>
      group >= 0 && others.length === 0 && this.#isPlain(group) ? group : -1,
    );
    this.isSecond = new Uint8Array(this.#stepCount + 1);
    this.#indexLaterSteps(doors.length);
  }

  /** Id of the step that a packet to this port is, or 0. `protocol` is the number in the IP header. */
  stepId(protocol: number, port: number): number {
    return protocol === TCP ? this.#tcp[port]! : this.#udp[port]!;
  }

  /** TCP flags that the group's doors ask for. */
  hasFlags(group: number, tcpFlags: number): boolean {
    return (tcpFlags & this.groupMask[group]!) === this.groupValue[group]!;
  }

  length(door: number): number {
    return this.stepStart[door + 1]! - this.stepStart[door]!;
  }

  /** Doors of a group that have this step anywhere after their first, each once. */
  doorsWithLaterStep(group: number, stepId: number): readonly number[] | undefined {
    return this.#doorsAt.get(group * (this.#stepCount + 1) + stepId);
  }

  /** True when the step is one of the door's. */
  has(door: number, stepId: number): boolean {
    for (let i = this.stepStart[door]!; i < this.stepStart[door + 1]!; i++) {
      if (this.steps[i] === stepId) return true;
    }
    return false;
  }

  #isPlain(group: number): boolean {
    return this.length(this.groupDoors[group]![0]!) > 1 && this.groupRepeats[group] === 0;
  }

  #numberSteps(doors: readonly KnockDoor[]): number {
    let count = 0;
    let at = 0;
    for (const door of doors) {
      for (const step of door.steps) {
        const table = step.protocol === 'tcp' ? this.#tcp : this.#udp;
        if (table[step.port] === 0) table[step.port] = ++count;
        this.steps[at++] = table[step.port]!;
      }
    }
    return count;
  }

  #formGroups(doors: readonly KnockDoor[]): number[][] {
    const groups: number[][] = [];
    const numbers = new Map<string, number>();
    doors.forEach((door, d) => {
      if (door.steps.length === 0) return;
      const key = groupKey(door);
      let g = numbers.get(key);
      if (g === undefined) {
        g = groups.push([]) - 1;
        numbers.set(key, g);
      }
      groups[g]!.push(d);
      this.groupOf[d] = g;
    });
    return groups;
  }

  #indexLaterSteps(doorCount: number): void {
    for (let d = 0; d < doorCount; d++) {
      const { start, end } = this.#range(d);
      if (end - start > 1) this.isSecond[this.steps[start + 1]!] = 1;
      for (let i = start + 1; i < end; i++) {
        const key = this.groupOf[d]! * (this.#stepCount + 1) + this.steps[i]!;
        const doors = this.#doorsAt.get(key);
        if (doors === undefined) this.#doorsAt.set(key, [d]);
        else if (doors.at(-1) !== d) doors.push(d);
      }
    }
  }

  #repeatsFirst(door: number): boolean {
    const start = this.stepStart[door]!;
    return this.length(door) > 1 && this.steps[start] === this.steps[start + 1];
  }

  #range(door: number): Range {
    if (this.groupOf[door]! < 0) return EMPTY;
    return { start: this.stepStart[door]!, end: this.stepStart[door + 1]! };
  }

  #targetOf({ target }: KnockDoor): number {
    return target === undefined ? 0 : this.targets.numberOf(target.w0, target.w1, target.w2, target.w3);
  }
}

/** Doors with one step form groups of their own: they open at once and need no attempt. */
function groupKey(door: KnockDoor): string {
  const { mask, value } = door.tcpFlags;
  const first = door.steps[0] as Step;
  const target = door.target === undefined ? '' : formatIpAddress(door.target);
  const single = door.steps.length === 1;
  return `${first.protocol}/${first.port} ${mask}/${value} ${door.seqTimeoutMs} ${target} ${single}`;
}
