/**
 * What each source did, for a bounded number of sources. When there are too many, the half that did least is forgotten: a
 * source that comes again after that has a count that is too low, and is marked. Who opened a door is kept longest.
 */

import { compareText, ownCopy } from './tally.ts';

/** Some 20 MB. */
const MAX_SOURCES = 65_536;

export interface SourceCounts {
  stages: number;
  matches: number;
  opened: number;
  refused: number;
  timeouts: number;
  scans: number;
  bans: number;
  spaRefused: number;
  strange: number;
}

export interface SourceRow extends Readonly<SourceCounts> {
  readonly source: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** It may have been forgotten before: its counts are the least that they can be. */
  readonly isAtLeast: boolean;
}

/** A class, so that a million of them share one shape. */
class Entry implements SourceCounts {
  stages = 0;
  matches = 0;
  opened = 0;
  refused = 0;
  timeouts = 0;
  scans = 0;
  bans = 0;
  spaRefused = 0;
  strange = 0;
  firstMs: number;
  lastMs: number;
  isAtLeast: boolean;

  constructor(atMs: number, isAtLeast: boolean) {
    this.firstMs = atMs;
    this.lastMs = atMs;
    this.isAtLeast = isAtLeast;
  }
}

export class SourceTable {
  #entries = new Map<string, Entry>();
  readonly #max: number;
  #forgotten = 0;

  constructor(max = MAX_SOURCES) {
    this.#max = max;
  }

  add(source: string, what: keyof SourceCounts, atMs: number, count = 1): void {
    const entry = this.#entries.get(source) ?? this.#enter(source, atMs);
    entry[what] += count;
    entry.firstMs = Math.min(entry.firstMs, atMs);
    entry.lastMs = Math.max(entry.lastMs, atMs);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many rows were given up; 0: every count is exact. */
  get forgotten(): number {
    return this.#forgotten;
  }

  countOf(has: (row: SourceCounts) => boolean): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (has(entry)) count++;
    return count;
  }

  /** Those that have it, greatest weight first, then by address. */
  top(most: number, weight: (row: SourceCounts) => number): readonly SourceRow[] {
    return [...this.#entries]
      .filter(([, entry]) => weight(entry) > 0)
      .toSorted(([a, x], [b, y]) => weight(y) - weight(x) || y.lastMs - x.lastMs || compareText(a, b))
      .slice(0, most)
      .map(([source, entry]) => ({ source, ...entry }));
  }

  #enter(source: string, atMs: number): Entry {
    if (this.#entries.size >= this.#max) this.#forget();
    const entry = new Entry(atMs, this.#forgotten > 0);
    this.#entries.set(ownCopy(source), entry);
    return entry;
  }

  /** Of those that did equally little, who came first. */
  #forget(): void {
    const worths = Float64Array.from(this.#entries.values(), worthOf).sort();
    const limit = worths[worths.length >> 1] ?? 0;
    let ties = (worths.length >> 1) - worths.indexOf(limit);
    for (const [source, entry] of this.#entries) {
      const worth = worthOf(entry);
      if (worth > limit || (worth === limit && ties-- <= 0)) continue;
      this.#entries.delete(source);
      this.#forgotten++;
    }
  }
}

function worthOf(counts: SourceCounts): number {
  const { stages, matches, opened, refused, timeouts, scans, bans, spaRefused, strange } = counts;
  const some = stages + timeouts + strange + spaRefused + 10 * scans + 20 * bans;
  return some + 1000 * (matches + refused) + 1_000_000 * opened;
}
