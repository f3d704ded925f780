/** What is in the tables, for people: a bounded look that changes nothing. */

import type { IpAddress } from '../net/ip-address.ts';
import { STAGE_MASK } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import { OWNER, TIME } from './chained-ring.ts';
import type { DoorIndex } from './door-index.ts';
import { ADDRESS, META, type SourceRing } from './source-ring.ts';

/** Slots of a table that are looked at for each entry wanted: most may be over. */
const SLOTS_PER_ENTRY = 4;

/** Doors of a group that are told: thousands may begin alike. */
const MAX_DOORS = 16;

export interface AttemptView {
  readonly source: IpAddress;
  /** Indexes of the doors that it may lead to: one, or some of those that begin alike. */
  readonly doors: readonly number[];
  /** Steps made. */
  readonly stage: number;
  readonly ageMs: number;
}

export interface BanView {
  readonly source: IpAddress;
  readonly leftMs: number;
}

/** The furthest first, and of those that are as far the newest. */
export function newestAttempts(
  tables: AttemptTables,
  index: DoorIndex,
  now: number,
  limit: number,
): readonly AttemptView[] {
  const found: AttemptView[] = [];
  /** Doors for which the group's entry of a source does not speak. */
  const own = new Set<string>();
  const add = (view: AttemptView, group: number) => {
    const isOn = view.doors.length > 0 && view.ageMs <= index.groupTimeoutMs[group]!;
    if (isOn && found.length < limit) found.push(view);
  };
  for (const ring of [tables.deep, tables.middle]) {
    ring.forNewest(limit * SLOTS_PER_ENTRY, (entry) => {
      const door = ring.cells[entry + OWNER]!;
      const stage = ring.cells[entry + META]! & STAGE_MASK;
      const source = sourceOf(ring, entry);
      own.add(keyOf(source, door));
      if (stage === 0) return;
      add({ source, doors: [door], stage, ageMs: ageOf(ring, entry, now) }, index.groupOf[door]!);
    });
  }
  const { first } = tables;
  first.forNewest(limit * SLOTS_PER_ENTRY, (entry) => {
    const source = { w0: 0, w1: 0, w2: 0, w3: 0 };
    if (found.length >= limit || !first.readSource(entry, source)) return;
    const group = first.groupOf(entry);
    const members = (index.groupDoors[group] ?? []).slice(0, MAX_DOORS);
    const doors = members.filter((door) => !own.has(keyOf(source, door)));
    add({ source, doors, stage: 1, ageMs: ageOf(first, entry, now) }, group);
  });
  return found;
}

export function newestBans(
  ring: SourceRing,
  banTimeMs: number,
  now: number,
  limit: number,
): readonly BanView[] {
  const found: BanView[] = [];
  ring.forNewest(limit * SLOTS_PER_ENTRY, (entry) => {
    const leftMs = banTimeMs - ageOf(ring, entry, now);
    if (leftMs > 0 && found.length < limit) found.push({ source: sourceOf(ring, entry), leftMs });
  });
  return found;
}

function keyOf({ w0, w1, w2, w3 }: IpAddress, door: number): string {
  return `${w0} ${w1} ${w2} ${w3} ${door}`;
}

function sourceOf({ cells }: SourceRing, entry: number): IpAddress {
  const at = entry + ADDRESS;
  return { w0: cells[at]!, w1: cells[at + 1]!, w2: cells[at + 2]!, w3: cells[at + 3]! };
}

/** Milliseconds since the entry was made; the table's clock may wrap. */
function ageOf({ cells }: { readonly cells: Int32Array }, entry: number, now: number): number {
  return (now - cells[entry + TIME]!) | 0;
}
