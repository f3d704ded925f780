/** A set of the 65,536 ports, as a bit for each or as sorted ranges. */

const PORTS = 65_536;

/** From `first` to `last`, both inclusive. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export class PortSet {
  readonly #has = new Uint8Array(PORTS);

  static all(): PortSet {
    return new PortSet().addRange(0, PORTS - 1);
  }

  add(ports: Iterable<number>): this {
    for (const port of ports) this.#has[port] = 1;
    return this;
  }

  addRange(first: number, last: number): this {
    this.#has.fill(1, first, last + 1);
    return this;
  }

  deleteRange(first: number, last: number): this {
    this.#has.fill(0, first, last + 1);
    return this;
  }

  deleteAll(other: PortSet): this {
    for (let port = 0; port < PORTS; port++) if (other.#has[port] === 1) this.#has[port] = 0;
    return this;
  }

  /** Ascending, neither overlapping nor adjoining. */
  ranges(): Range[] {
    const ranges: Range[] = [];
    for (let first = this.#has.indexOf(1); first >= 0; ) {
      const end = this.#has.indexOf(0, first);
      ranges.push({ first, last: (end < 0 ? PORTS : end) - 1 });
      first = end < 0 ? -1 : this.#has.indexOf(1, end);
    }
    return ranges;
  }
}

/** At most `limit` ranges that hold at least the same numbers: the smallest gaps are filled. */
export function coarsened(ranges: readonly Range[], limit: number): readonly Range[] {
  if (ranges.length <= limit) return ranges;
  const kept = new Set(
    ranges
      .slice(1)
      .map((range, i) => ({ i, gap: range.first - ranges[i]!.last }))
      .sort((a, b) => b.gap - a.gap)
      .slice(0, limit - 1)
      .map(({ i }) => i),
  );
  const merged: Range[] = [];
  let first = ranges[0]!.first;
  for (const [i, { last }] of ranges.entries()) {
    if (i < ranges.length - 1 && !kept.has(i)) continue;
    merged.push({ first, last });
    first = ranges[i + 1]?.first ?? 0;
  }
  return merged;
}
