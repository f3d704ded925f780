/**
 * Counts over time for a period that is not known beforehand: in bins of a minute at first, of the next width as soon as
 * there are too many. Bins begin at local midnight, whatever their width.
 */

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Each a multiple of the one before. */
const WIDTHS: readonly number[] = [
  ...[MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE],
  ...[720 * MINUTE, DAY, 7 * DAY, 28 * DAY, 364 * DAY],
];

/** A day by the minute. */
const MAX_BINS = 1440;

export interface Bin {
  readonly startMs: number;
  readonly counts: readonly number[];
}

export class TimeBins {
  readonly #columns: number;
  readonly #offsetMs: number;
  #bins = new Map<number, number[]>();
  #width = 0;

  /** @param anyMs some time of the period: its distance to UTC is taken for the whole of it */
  constructor(columns: number, anyMs: number) {
    this.#columns = columns;
    this.#offsetMs = new Date(anyMs).getTimezoneOffset() * MINUTE;
  }

  add(atMs: number, column: number, count = 1): void {
    const row = this.#rowOf(Math.floor((atMs - this.#offsetMs) / this.widthMs));
    row[column] = (row[column] ?? 0) + count;
    while (this.#bins.size > MAX_BINS && this.#width + 1 < WIDTHS.length) this.#widen();
  }

  get widthMs(): number {
    return WIDTHS[this.#width] ?? DAY;
  }

  /** In order of time; wide enough for the period to have at most so many. */
  list(spanMs: number, most: number): readonly Bin[] {
    while (spanMs / this.widthMs > most && this.#width + 1 < WIDTHS.length) this.#widen();
    const startOf = (index: number) => index * this.widthMs + this.#offsetMs;
    return [...this.#bins]
      .toSorted(([a], [b]) => a - b)
      .map(([index, counts]) => ({ startMs: startOf(index), counts }));
  }

  #rowOf(index: number): number[] {
    const known = this.#bins.get(index);
    if (known !== undefined) return known;
    const row = new Array<number>(this.#columns).fill(0);
    this.#bins.set(index, row);
    return row;
  }

  #widen(): void {
    const factor = (WIDTHS[this.#width + 1] ?? DAY) / this.widthMs;
    const before = this.#bins;
    this.#bins = new Map();
    this.#width++;
    for (const [index, counts] of before) {
      const row = this.#rowOf(Math.floor(index / factor));
      for (const [column, count] of counts.entries()) row[column] = (row[column] ?? 0) + count;
    }
  }
}
