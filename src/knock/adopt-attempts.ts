/** Attempts carried over from one set of doors to another. */

import { MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import { OWNER, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { HELD_AT, META, PACKET, type SourceRing } from './source-ring.ts';

/**
 * Copies the attempts on doors that are still there. `newIndexOf`: the new index of an old door, -1 without one.
 * `hand` is for looking at sources. First steps whose address is not known any more begin anew.
 */
export function adoptAttempts(
  from: AttemptTables,
  fromIndex: DoorIndex,
  to: AttemptTables,
  toIndex: DoorIndex,
  newIndexOf: readonly number[],
  hand: PacketAtHand,
): void {
  const newGroupOf = fromIndex.groupDoors.map((members) => {
    const kept = members.find((door) => newIndexOf[door]! >= 0);
    return kept === undefined ? -1 : toIndex.groupOf[newIndexOf[kept]!]!;
  });
  from.first.forEach((entry) => {
    const group = newGroupOf[from.first.groupOf(entry)]!;
    if (group >= 0 && from.first.readSource(entry, hand)) copyFirst(from, entry, to, group, hand);
  });
  for (const ring of ['middle', 'deep'] as const) {
    from[ring].forEach((entry) => {
      const door = newIndexOf[from[ring].cells[entry + OWNER]!]!;
      if (door >= 0) copyDoorEntry(from[ring], entry, to[ring], door, hand);
    });
  }
}

/** Copies all entries; they have no owners. */
export function adoptBans(from: SourceRing, to: SourceRing, hand: PacketAtHand): void {
  from.forEach((entry) => {
    copyEntry(from, entry, to, 0, hand);
  });
}

function copyFirst(
  from: AttemptTables,
  entry: number,
  to: AttemptTables,
  group: number,
  hand: PacketAtHand,
): void {
  hand.takeNoPacket();
  const most = MAX_ENTRIES_PER_SOURCE;
  const copy = to.first.insert(hand, from.first.cells[entry + TIME]!, group, most, most);
  to.first.setStrays(copy, from.first.straysOf(entry));
  to.first.setMark(copy, from.first.markOf(entry));
}

function copyDoorEntry(
  from: SourceRing,
  entry: number,
  to: SourceRing,
  door: number,
  hand: PacketAtHand,
): void {
  const copy = copyEntry(from, entry, to, door, hand);
  to.cells[copy + HELD_AT] = from.cells[entry + HELD_AT]!;
  to.cells[copy + PACKET] = from.cells[entry + PACKET]!;
}

function copyEntry(
  from: SourceRing,
  entry: number,
  to: SourceRing,
  owner: number,
  hand: PacketAtHand,
): number {
  hand.takeSourceOf(from, entry);
  const copy = to.insert(hand, from.cells[entry + TIME]!, owner, MAX_ENTRIES_PER_SOURCE);
  to.cells[copy + META] = from.cells[entry + META]!;
  return copy;
}
