/** Which of a source's events belong to its last try, and at which door it was. */

import type { ExplainedEvent } from './explanation.ts';

/** Doors may have their first steps in common, and a try at one of them ends in time-outs at the others. */
const TRY_MS = 60_000;

/** The events within a minute before the newest one. */
export function lastTry(events: readonly ExplainedEvent[]): readonly ExplainedEvent[] {
  const newest = events.at(-1)?.agoMs ?? 0;
  return events.filter(({ agoMs }) => agoMs <= newest + TRY_MS);
}

/** The door that the try came furthest at, the most recent of equals; undefined when it was at none. */
export function doorOfLastTry(events: readonly ExplainedEvent[]): string | undefined {
  const progress = new Map<string, number>();
  for (const event of events) {
    if (!('door' in event)) continue;
    const before = progress.get(event.door) ?? 0;
    // From its first step on, a new attempt at the same door counts for itself.
    const isAnew = event.kind === 'step' && event.stage === 1;
    progress.delete(event.door);
    progress.set(event.door, isAnew ? 1 : Math.max(before, progressOf(event)));
  }
  let best: string | undefined;
  for (const [door, steps] of progress) {
    if (best === undefined || steps >= (progress.get(best) ?? 0)) best = door;
  }
  return best;
}

/** In steps; an opening that is over by now says little of a try. */
function progressOf(event: ExplainedEvent): number {
  switch (event.kind) {
    case 'step':
    case 'duplicate':
    case 'held':
    case 'timeout':
      return event.stage;
    case 'wrong-step':
      return event.expected - 1;
    case 'complete':
      return Number.POSITIVE_INFINITY;
    case 'decision':
      return isAboutOpening(event.decision) ? Number.POSITIVE_INFINITY : 0.5;
    default:
      return 0;
  }
}

function isAboutOpening(decision: Extract<ExplainedEvent, { kind: 'decision' }>['decision']): boolean {
  switch (decision) {
    case 'opened':
    case 'refreshed':
    case 'refused':
    case 'failed':
    case 'deferred':
    case 'command-ended':
      return true;
    case 'closed':
    case 'close-delayed':
    case 'restored':
    case 'kept':
      return false;
  }
}
