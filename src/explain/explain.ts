/** From what is remembered of a source to an explanation. Pure. */

import type { Moment } from '../grant/moment.ts';
import { formatWords } from '../net/ip-address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { explainedDecision, explainedEvent, explainedPacket } from './explained-event.ts';
import type { ExplainedEvent, Explanation } from './explanation.ts';
import type { PastDecision } from './past-decisions.ts';
import type { RememberedDoor } from './remembered-doors.ts';
import type { RememberedEvent } from './remembered-event.ts';
import type { SourceFacts } from './source-facts.ts';
import { type RefusedPacket, sourceTextOf } from './spa-events.ts';
import { verdictOn } from './verdict.ts';

/** A prefix may hold any number of sources. */
const MOST_EVENTS = 200;

export interface Remembered {
  readonly source: Prefix;
  readonly events: readonly RememberedEvent[];
  readonly decisions: readonly PastDecision[];
  readonly packets: readonly RefusedPacket[];
  /** Monotonic: since when first knocks are remembered. */
  readonly sinceMs: number;
  readonly doorOf: (number: number) => RememberedDoor | undefined;
}

export function explanationOf(remembered: Remembered, facts: SourceFacts, now: Moment): Explanation {
  const { source, sinceMs } = remembered;
  const all = explainedEvents(remembered, facts.showsSecrets, now);
  const events = all.slice(-MOST_EVENTS);
  const remembersSince = timeText(sinceMs, now);
  return {
    source: formatPrefix(source),
    verdict: verdictOn({ source, events, facts, remembersMs: now.monotonicMs - sinceMs, nowMs: now.wallMs }),
    events,
    omitted: all.length - events.length,
    remembersSince,
  };
}

/** Oldest first; what happened at one time stays in the order of the rings, decisions behind the packets. */
function explainedEvents(
  { events, decisions, packets, doorOf }: Remembered,
  showsSecrets: boolean,
  now: Moment,
): readonly ExplainedEvent[] {
  const seen = events.map((event) => ({ event, timeMs: event.timeMs }));
  const decided = decisions.map((decision) => ({ decision, timeMs: decision.timeMs }));
  const refused = packets.map((packet) => ({ packet, timeMs: packet.timeMs }));
  return [...seen, ...decided, ...refused]
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .map((each) => {
      const when = { at: timeText(each.timeMs, now), agoMs: Math.round(now.monotonicMs - each.timeMs) };
      if ('decision' in each)
        return explainedDecision(each.decision, { ...when, source: formatPrefix(each.decision.source) });
      if ('packet' in each)
        return explainedPacket(each.packet, { ...when, source: sourceTextOf(each.packet) });
      const { w0, w1, w2, w3, door } = each.event;
      return explainedEvent(each.event, doorOf(door), showsSecrets, {
        ...when,
        source: formatWords(w0, w1, w2, w3),
      });
    });
}

/** RFC 3339 of a monotonic time, by what the wall clock shows now. */
function timeText(timeMs: number, now: Moment): string {
  return new Date(now.wallMs - (now.monotonicMs - timeMs)).toISOString();
}
