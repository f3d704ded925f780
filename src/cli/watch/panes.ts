/** What each pane of the screen lists. Rows are made for those that are looked at alone. */

import { durationText, localClock } from '../../base/people-time.ts';
import type { AttemptStatus, BanStatus, DoorStatus, GrantStatus, Listed } from '../../control/status.ts';
import { doorText } from '../control/door-text.ts';
import { type Line, plain, type Tone } from './line.ts';
import type { Model, ToldEvent } from './model.ts';

export const PANE_IDS = ['open', 'attempts', 'banned', 'doors', 'events'] as const;
export type PaneId = (typeof PANE_IDS)[number];

export interface Pane {
  readonly id: PaneId;
  /** Behind its name. */
  readonly summary: string;
  /** Rows that there are to look at. */
  readonly length: number;
  /** Entries beyond them, which the daemon counts and does not list. */
  readonly more: number;
  /** From this row on, so many of them. */
  rows(from: number, count: number): readonly Line[];
}

/** @param nowMs wall clock */
export function panesOf(model: Model, nowMs: number): Readonly<Record<PaneId, Pane>> {
  const { status, statusAt } = model;
  const sinceMs = nowMs - (statusAt?.wallMs ?? nowMs);
  return {
    open: listPane('open', newestFirst(status?.grants), (grant) => grantRow(grant, nowMs)),
    attempts: listPane('attempts', status?.attempts, (attempt) => attemptRow(attempt, sinceMs)),
    banned: listPane('banned', status?.bans, (ban) => banRow(ban, nowMs)),
    doors: listPane('doors', status?.doors, doorRow),
    events: eventPane(model),
  };
}

/** Grants that end within this are about to. */
const SOON_MS = 10_000;

function grantRow({ source, door, phase, endsAt }: GrantStatus, nowMs: number): Line {
  if (phase !== 'open') return [plain(source), plain(door), { text: phase, tone: 'dim' }];
  const isSoon = endsAt !== null && Date.parse(endsAt) - nowMs < SOON_MS;
  return [plain(source), plain(door), { text: leftText(endsAt, nowMs), tone: isSoon ? 'strong' : 'good' }];
}

/** Whole seconds: the picture is drawn anew once in one. */
function leftText(endsAt: string | null, nowMs: number): string {
  if (endsAt === null) return 'no end';
  const seconds = Math.ceil((Date.parse(endsAt) - nowMs) / 1000);
  return seconds <= 0 ? 'ending' : `${durationText(seconds * 1000)} left`;
}

function attemptRow({ source, doors, stage, ageMs }: AttemptStatus, sinceMs: number): Line {
  const seconds = Math.max(1, Math.round((ageMs + sinceMs) / 1000));
  const age = durationText(seconds * 1000);
  return [plain(source), plain(doors.join(' or ')), plain(`stage ${stage}, ${age} old`)];
}

function banRow({ prefix, by, endsAt }: BanStatus, nowMs: number): Line {
  return [plain(prefix), plain(by === 'hand' ? 'by hand' : 'scanned'), plain(leftText(endsAt, nowMs))];
}

function doorRow(door: DoorStatus): Line {
  const { name, state, why = '' } = door;
  if (state === 'on') return [plain(name), { text: 'on', tone: 'good' }, plain(doorText(door))];
  return [plain(name), { text: 'off', tone: 'bad' }, { text: why, tone: 'bad' }];
}

function eventPane({ events, eventCount }: Model): Pane {
  return {
    id: 'events',
    summary: eventCount === 0 ? 'none yet' : `${eventCount}`,
    length: events.length,
    more: 0,
    rows: (from, count) => events.slice(from, from + count).map(eventRow),
  };
}

function eventRow({ at, text, tone }: ToldEvent): Line {
  const clock: Tone = 'dim';
  return [
    { text: `${localClock(at)} `, tone: clock },
    { text, tone },
  ];
}

function newestFirst<T>(list: Listed<T> | undefined): Listed<T> | undefined {
  return list === undefined ? undefined : { count: list.count, shown: list.shown.toReversed() };
}

function listPane<T>(id: PaneId, list: Listed<T> | undefined, row: (entry: T) => Line): Pane {
  const { count = 0, shown = [] } = list ?? {};
  return {
    id,
    summary: `${count}`,
    length: shown.length,
    more: count - shown.length,
    rows: (from, length) => shown.slice(from, from + length).map(row),
  };
}
