/** Attempts carried over from one set of doors to another. */

import { MAX_ENTRIES_PER_SOURCE } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { DoorIndex } from './door-index.ts';
import { HELD_AT, META, OWNER, PACKET, type SourceRing, TIME } from './source-ring.ts';

/** Copies the attempts on doors that are still there. `newIndexOf`: the new index of an old door, -1 without one. */
export function adoptAttempts(
  from: AttemptTables,
  fromIndex: DoorIndex,
  to: AttemptTables,
  toIndex: DoorIndex,
  newIndexOf: readonly number[],
): void {
  const newGroupOf = fromIndex.groupDoors.map((members) => {
    const kept = members.find((door) => newIndexOf[door]! >= 0);
    return kept === undefined ? -1 : toIndex.groupOf[newIndexOf[kept]!]!;
  });
  from.first.forEach((entry) => {
    const group = newGroupOf[from.first.cells[entry + OWNER]!]!;
    if (group >= 0) copyEntry(from.first, entry, to.first, group);
  });
  for (const ring of ['middle', 'deep'] as const) {
    from[ring].forEach((entry) => {
      const door = newIndexOf[from[ring].cells[entry + OWNER]!]!;
      if (door >= 0) copyDoorEntry(from[ring], entry, to[ring], door);
    });
  }
}

/** Copies all entries; they have no owners. */
export function adoptBans(from: SourceRing, to: SourceRing): void {
  from.forEach((entry) => {
    copyEntry(from, entry, to, 0);
  });
}

function copyDoorEntry(from: SourceRing, entry: number, to: SourceRing, door: number): void {
  const copy = copyEntry(from, entry, to, door);
  to.cells[copy + HELD_AT] = from.cells[entry + HELD_AT]!;
  to.cells[copy + PACKET] = from.cells[entry + PACKET]!;
}

function copyEntry({ cells }: SourceRing, entry: number, to: SourceRing, owner: number): number {
  const [w0, w1, w2, w3] = cells.subarray(entry, entry + 4) as unknown as [number, number, number, number];
  const copy = to.insert(w0, w1, w2, w3, cells[entry + TIME]!, owner, MAX_ENTRIES_PER_SOURCE);
  to.cells[copy + META] = cells[entry + META]!;
  return copy;
}
