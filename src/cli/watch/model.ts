/** What is known of the daemon: its last status, its last events, and whether it is there. Pure, and bounded. */

import type { StatusAnswer } from '../../control/status.ts';
import type { WatchEvent } from '../../control/watch-event.ts';
import type { Moment } from '../../grant/moment.ts';
import { type EventWords, viewWords } from './event-text.ts';
import type { Tone } from './line.ts';
import { type Sample, withSample } from './rates.ts';

/** Events that can be looked back at; older ones are forgotten. */
export const MAX_EVENTS = 500;

/** Characters of an event: more than the widest terminal shows. */
const MAX_EVENT_LENGTH = 500;

export interface ToldEvent extends EventWords {
  /** RFC 3339. */
  readonly at: string;
}

export interface Absence {
  /** Wall clock. */
  readonly sinceMs: number;
  readonly why: string;
}

export interface Model {
  readonly status: StatusAnswer | undefined;
  /** When the status came. */
  readonly statusAt: Moment | undefined;
  readonly samples: readonly Sample[];
  /** The newest last. */
  readonly events: readonly ToldEvent[];
  /** Since the view began. */
  readonly eventCount: number;
  /** undefined while the daemon is there. */
  readonly absence: Absence | undefined;
}

export const EMPTY: Model = {
  status: undefined,
  statusAt: undefined,
  samples: [],
  events: [],
  eventCount: 0,
  absence: undefined,
};

export function withStatus(model: Model, status: StatusAnswer, now: Moment): Model {
  const samples = withSample(model.samples, status, now.monotonicMs);
  const next: Model = { ...model, status, statusAt: now, samples, absence: undefined };
  if (model.absence === undefined) return next;
  return withNote(next, `connected again, to process ${status.pid}`, 'good', now);
}

export function withEvent(model: Model, event: WatchEvent): Model {
  const words = viewWords(event);
  return words === undefined ? model : told(model, { at: event.at, ...words });
}

/** The first word of an absence stays when it goes on; the reason is the last one's. */
export function withAbsence(model: Model, why: string, now: Moment): Model {
  const { absence } = model;
  if (absence !== undefined) return { ...model, absence: { ...absence, why } };
  const next = { ...model, absence: { sinceMs: now.wallMs, why } };
  return withNote(next, 'the daemon has ended the connection', 'bad', now);
}

/** While the daemon is away, its times stand still where it left. */
export function momentOf({ absence, statusAt }: Model, now: Moment): Moment {
  return absence === undefined ? now : (statusAt ?? now);
}

function withNote(model: Model, text: string, tone: Tone, now: Moment): Model {
  return told(model, { at: new Date(now.wallMs).toISOString(), text, tone });
}

function told(model: Model, event: ToldEvent): Model {
  const text = event.text.slice(0, MAX_EVENT_LENGTH);
  const events = [...model.events, { ...event, text }].slice(-MAX_EVENTS);
  return { ...model, events, eventCount: model.eventCount + 1 };
}
