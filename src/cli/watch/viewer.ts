/** What the one at the keyboard has chosen to look at. Pure. */

import type { Moment } from '../../grant/moment.ts';
import type { Key } from './keys.ts';
import type { Model } from './model.ts';
import { PANE_IDS, type PaneId } from './panes.ts';

export interface Viewer {
  readonly focus: PaneId;
  /** Rows that each pane is away from its resting place: the first row, of events the last. */
  readonly scrolled: Readonly<Record<PaneId, number>>;
  readonly showsHelp: boolean;
  /** What is looked at instead of what goes on. */
  readonly paused: { readonly model: Model; readonly now: Moment } | undefined;
}

/** How a pane was last drawn. */
export interface PaneView {
  readonly height: number;
  readonly length: number;
}

export type PaneViews = Readonly<Record<PaneId, PaneView>>;

const NOTHING: PaneView = { height: 0, length: 0 };

export const NO_VIEWS: PaneViews = {
  open: NOTHING,
  attempts: NOTHING,
  banned: NOTHING,
  doors: NOTHING,
  events: NOTHING,
};

export const AT_FIRST: Viewer = {
  focus: 'open',
  scrolled: { open: 0, attempts: 0, banned: 0, doors: 0, events: 0 },
  showsHelp: false,
  paused: undefined,
};

/** @param model @param now what goes on, should it be held */
export function press(viewer: Viewer, key: Key, views: PaneViews, model: Model, now: Moment): Viewer {
  switch (key) {
    case 'next-pane':
      return { ...viewer, focus: paneAfter(viewer.focus, 1) };
    case 'previous-pane':
      return { ...viewer, focus: paneAfter(viewer.focus, -1) };
    case 'pause':
      return { ...viewer, paused: viewer.paused === undefined ? { model, now } : undefined };
    case 'help':
      return { ...viewer, showsHelp: !viewer.showsHelp };
    default:
      return scroll(viewer, key, views);
  }
}

/** Rows of events that have come: who looks back goes on seeing the same. */
export function withNewEvents(viewer: Viewer, count: number): Viewer {
  const { events } = viewer.scrolled;
  if (events === 0 || viewer.paused !== undefined) return viewer;
  return { ...viewer, scrolled: { ...viewer.scrolled, events: events + count } };
}

function paneAfter(pane: PaneId, step: 1 | -1): PaneId {
  const at = PANE_IDS.indexOf(pane) + step + PANE_IDS.length;
  return PANE_IDS[at % PANE_IDS.length]!;
}

function scroll(viewer: Viewer, key: Key, views: PaneViews): Viewer {
  const { focus, scrolled } = viewer;
  const { height, length } = views[focus];
  const most = Math.max(0, length - height);
  const before = Math.min(scrolled[focus], most);
  // Events rest at their end, and scrolling is away from it.
  const direction = focus === 'events' ? -1 : 1;
  const rows = distance(key, Math.max(1, height - 1), length) * direction;
  const after = Math.max(0, Math.min(most, before + rows));
  return { ...viewer, scrolled: { ...scrolled, [focus]: after } };
}

function distance(key: Key, page: number, all: number): number {
  switch (key) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'page-up':
      return -page;
    case 'page-down':
      return page;
    case 'first':
      return -all;
    case 'last':
      return all;
    default:
      return 0;
  }
}
