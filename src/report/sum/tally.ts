/** Counts by name, for a bounded number of names: what comes after those is counted together. */

/** More reasons, doors or users than anybody reads. */
const MAX_NAMES = 500;

/** Where a name has no count of its own. */
export const THE_OTHERS = '(others)';

export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, count = 1): void {
    const known = this.#counts.get(name);
    if (known !== undefined) this.#counts.set(name, known + count);
    else if (this.#counts.size < MAX_NAMES) this.#counts.set(ownCopy(name), count);
    else this.#counts.set(THE_OTHERS, (this.#counts.get(THE_OTHERS) ?? 0) + count);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Most first, then by name. */
  get counts(): Readonly<Record<string, number>> {
    const rows = [...this.#counts].filter(([, count]) => count !== 0);
    return Object.fromEntries(rows.toSorted(([a, n], [b, m]) => m - n || compareText(a, b)));
  }
}

/** V8 keeps the whole line for a part of it: what is kept for long is copied. */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** By code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
