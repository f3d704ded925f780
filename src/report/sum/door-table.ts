/** What came of each door. The configuration bounds their number, and a hostile log must not unbound it. */

import type { Lane } from './lanes.ts';
import type { DoorReport } from './report-data.ts';
import { compareText, ownCopy, THE_OTHERS } from './tally.ts';

const MAX_DOORS = 1000;

interface Entry {
  matches: number;
  opened: number;
  refused: number;
  failed: number;
  lastMs: number;
}

interface Others {
  readonly openMs: number;
  readonly lanes: number;
}

export class DoorTable {
  readonly #doors = new Map<string, Entry>();

  add(door: string, what: 'matches' | 'opened' | 'refused' | 'failed', atMs: number, count = 1): void {
    const entry = this.#entryOf(door);
    entry[what] += count;
    if (what === 'opened' && count > 0) entry.lastMs = Math.max(entry.lastMs, atMs);
  }

  /** By name. */
  list(lanes: readonly Lane[], others: ReadonlyMap<string, Others>): readonly DoorReport[] {
    const found = new Map<string, { openMs: number; sources: number }>();
    for (const { door, openMs } of lanes) {
      const sum = found.get(door) ?? { openMs: 0, sources: 0 };
      found.set(door, { openMs: sum.openMs + openMs, sources: sum.sources + 1 });
    }
    return [...this.#doors]
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([door, { lastMs, ...counts }]) => ({
        door,
        ...counts,
        sources: (found.get(door)?.sources ?? 0) + (others.get(door)?.lanes ?? 0),
        openMs: (found.get(door)?.openMs ?? 0) + (others.get(door)?.openMs ?? 0),
        lastOpened: lastMs === 0 ? null : new Date(lastMs).toISOString(),
      }));
  }

  #entryOf(door: string): Entry {
    const known = this.#doors.get(door);
    if (known !== undefined) return known;
    if (this.#doors.size >= MAX_DOORS && door !== THE_OTHERS) return this.#entryOf(THE_OTHERS);
    const entry = { matches: 0, opened: 0, refused: 0, failed: 0, lastMs: 0 };
    this.#doors.set(ownCopy(door), entry);
    return entry;
  }
}
