/**
 * When each door was open for each source: a bounded number of lanes with a bounded number of spans each. Where there are
 * more, the shortest gaps of a lane are closed in the picture, and the least used lanes are counted without one; both is
 * told.
 */

import { compareText, ownCopy } from './tally.ts';

export const MAX_LANES = 4096;

/** More than a screen has room for beside each other. */
export const MAX_SPANS = 240;

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Lane {
  readonly door: string;
  readonly source: string;
  /** In order of time. */
  readonly spans: readonly Span[];
  /** Openings, those before the period not counted. */
  readonly openings: number;
  readonly openMs: number;
  /** Openings whose end the log does not tell: drawn as moments. */
  readonly endless: number;
  readonly isOpen: boolean;
  readonly lastMs: number;
}

interface Entry {
  door: string;
  source: string;
  spans: Span[];
  openings: number;
  openMs: number;
  endless: number;
  isOpen: boolean;
  lastMs: number;
}

export interface SpanEnd {
  /** Undefined: the log does not tell. */
  readonly endMs: number | undefined;
  readonly isOpen: boolean;
}

export class Lanes {
  readonly #sinceMs: number;
  #lanes = new Map<string, Entry>();
  /** Of lanes given up, by door. */
  readonly #others = new Map<string, { openings: number; openMs: number; lanes: number }>();
  #closedGaps = 0;

  /** @param sinceMs what lies before is cut off */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  add(door: string, source: string, startMs: number, { endMs, isOpen }: SpanEnd): void {
    const end = Math.max(startMs, endMs ?? startMs);
    if (end < this.#sinceMs || (endMs === undefined && startMs < this.#sinceMs)) return;
    const start = Math.max(startMs, this.#sinceMs);
    const lane = this.#laneOf(door, source);
    if (startMs >= this.#sinceMs) lane.openings++;
    lane.openMs += end - start;
    if (endMs === undefined) lane.endless++;
    lane.isOpen ||= isOpen;
    lane.lastMs = Math.max(lane.lastMs, start);
    lane.spans.push({ startMs: start, endMs: end });
    if (lane.spans.length > MAX_SPANS) this.#thin(lane);
  }

  /** Spans of all lanes that are drawn as one with their neighbour. */
  get closedGaps(): number {
    return this.#closedGaps;
  }

  get others(): ReadonlyMap<
    string,
    { readonly openings: number; readonly openMs: number; readonly lanes: number }
  > {
    return this.#others;
  }

  /** By door, then most openings first. */
  list(): readonly Lane[] {
    const order = (a: Entry, b: Entry) =>
      compareText(a.door, b.door) ||
      b.openings - a.openings ||
      b.openMs - a.openMs ||
      compareText(a.source, b.source);
    return [...this.#lanes.values()]
      .toSorted(order)
      .map((lane) => ({ ...lane, spans: lane.spans.toSorted((a, b) => a.startMs - b.startMs) }));
  }

  #laneOf(door: string, source: string): Entry {
    const key = `${source} ${door}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MAX_LANES) this.#giveUp();
    const counts = { openings: 0, openMs: 0, endless: 0, isOpen: false, lastMs: 0 };
    const lane = { door: ownCopy(door), source: ownCopy(source), spans: [], ...counts };
    this.#lanes.set(ownCopy(key), lane);
    return lane;
  }

  /** The half that was used least. */
  #giveUp(): void {
    const rows = [...this.#lanes].toSorted(([, a], [, b]) => b.openings - a.openings || b.lastMs - a.lastMs);
    this.#lanes = new Map(rows.slice(0, MAX_LANES >> 1));
    for (const [, { door, openings, openMs }] of rows.slice(MAX_LANES >> 1)) {
      const others = this.#others.get(door) ?? { openings: 0, openMs: 0, lanes: 0 };
      others.openings += openings;
      others.openMs += openMs;
      others.lanes++;
      this.#others.set(door, others);
    }
  }

  /** Joins what lies closest, until half of the spans are left. */
  #thin(lane: Entry): void {
    const spans = lane.spans.toSorted((a, b) => a.startMs - b.startMs);
    const gaps = spans.slice(1).map(({ startMs }, at) => startMs - (spans[at]?.endMs ?? 0));
    const limit = gaps.toSorted((a, b) => a - b)[MAX_SPANS >> 1] ?? 0;
    const joined: Span[] = [];
    for (const [at, span] of spans.entries()) {
      const last = joined.at(-1);
      if (last === undefined || (gaps[at - 1] ?? 0) > limit) joined.push(span);
      else joined[joined.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, span.endMs) };
    }
    this.#closedGaps += spans.length - joined.length;
    lane.spans = joined;
  }
}
