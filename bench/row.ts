/** What a row of the bench comes to. Data only; `rowText`, `readmeSection` and `picture` show it. */

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** A promise about a figure, most often a ratio of two of them. */
export interface Bar {
  readonly what: string;
  readonly value: number;
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  readonly met: boolean;
}

/** The same figure by the size of something. */
export interface Curve {
  readonly what: string;
  readonly unit: string;
  /** What `size` counts. */
  readonly of: string;
  readonly points: readonly { readonly size: number; readonly value: number }[];
}

export interface Findings {
  /** How it was measured: rounds, packets, pauses. */
  readonly method: string;
  readonly figures: readonly Figure[];
  readonly bars: readonly Bar[];
  readonly curves?: readonly Curve[];
  /** What was not measured, and what to do about it. */
  readonly notes?: readonly string[];
}

export interface Row extends Findings {
  readonly id: string;
  readonly title: string;
}

export function figure(what: string, value: number, unit: string): Figure {
  return { what, value: rounded(value), unit };
}

export function atMost(what: string, value: number, limit: number): Bar {
  return { what, value: rounded(value), sense: 'at most', limit, met: value <= limit };
}

export function atLeast(what: string, value: number, limit: number): Bar {
  return { what, value: rounded(value), sense: 'at least', limit, met: value >= limit };
}

export function curve(what: string, unit: string, of: string, points: ReadonlyMap<number, number>): Curve {
  return {
    ...{ what, unit, of },
    points: Array.from(points, ([size, value]) => ({ size, value: rounded(value) })),
  };
}

/** A row of which nothing was measured. */
export function notMeasured(why: string): Findings {
  return { method: 'not measured', figures: [], bars: [], notes: [why] };
}

/** Four digits: more than any run repeats. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
