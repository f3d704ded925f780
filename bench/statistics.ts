/** What is said of several rounds. Medians throughout: one disturbed round must not move a figure. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (at(sorted, Math.ceil(middle) - 1) + at(sorted, Math.floor(middle))) / 2;
}

/** The smallest value that at least the share `q` of all values does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return at(sorted, Math.max(0, Math.ceil(q * sorted.length) - 1));
}

/** Of values measured in turn: the median of each round's own ratio, since both sides of a round met the same machine. */
export function medianRatio(values: readonly number[], beside: readonly number[]): number {
  return median(values.map((value, round) => value / at(beside, round)));
}

/** NaN where there is nothing: no bar is met by it. */
function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
