/** Packets a second, of counters that were read now and then. */

import type { StatusAnswer } from '../../control/status.ts';

export interface Sample {
  /** The daemon that counted: its counters begin at nothing. */
  readonly startedAt: string;
  readonly atMs: number;
  readonly received: number;
  readonly dropped: number;
}

export interface Rates {
  readonly received: number;
  readonly dropped: number;
}

/** Rates are told over at least this, so that a look in between does not make them jump. */
const SPAN_MS = 900;

/** Looks within SPAN_MS, and some. */
const MAX_SAMPLES = 8;

/** @param atMs monotonic */
export function withSample(
  samples: readonly Sample[],
  status: StatusAnswer,
  atMs: number,
): readonly Sample[] {
  const { packetsReceived: received, packetsDropped: dropped } = status.counters;
  const { startedAt } = status;
  const before = samples.filter((sample) => sample.startedAt === startedAt);
  return [...before, { startedAt, atMs, received, dropped }].slice(-MAX_SAMPLES);
}

/** undefined until there is enough to tell them from. */
export function ratesOf(samples: readonly Sample[]): Rates | undefined {
  const last = samples.at(-1);
  const first = samples.findLast((sample) => last !== undefined && last.atMs - sample.atMs >= SPAN_MS);
  if (last === undefined || first === undefined) return undefined;
  const seconds = (last.atMs - first.atMs) / 1000;
  return {
    received: Math.max(0, last.received - first.received) / seconds,
    dropped: Math.max(0, last.dropped - first.dropped) / seconds,
  };
}
