/** The screen as lines: what is known, who looks, and how large the terminal is. Pure. */

import type { Moment } from '../../grant/moment.ts';
import type { Glyphs } from './glyphs.ts';
import { headLines } from './head.ts';
import { helpLines, keyLine } from './help.ts';
import { cutLine, fitLine, type Line, plain } from './line.ts';
import { type Model, momentOf } from './model.ts';
import { type DrawnPane, drawPane } from './pane-lines.ts';
import { PANE_IDS, type Pane, type PaneId, panesOf } from './panes.ts';
import { shareRows } from './share-rows.ts';
import { NO_VIEWS, type PaneViews, type Viewer } from './viewer.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Layout {
  /** As many as the terminal has rows, none wider than it. */
  readonly lines: readonly Line[];
  readonly views: PaneViews;
}

/** Below this there is no room for a row in each pane, and an address in a row. */
const LEAST: Size = { columns: 40, rows: 14 };

/** From here on what is stands on the left, and what happens on the right. */
const TWO_COLUMNS_FROM = 140;
const BETWEEN = 3;

/** Where rows are few the free line between head and panes goes. */
const AIRY_FROM = 20;

/** From here on a free line ends each pane. */
const ROOMY_FROM = 30;

/** Rows kept free in each pane. */
const LEAST_ROWS: Readonly<Record<PaneId, number>> = { open: 2, attempts: 2, banned: 1, doors: 2, events: 4 };

export function layout(model: Model, viewer: Viewer, now: Moment, size: Size, glyphs: Glyphs): Layout {
  const { columns, rows } = size;
  if (columns < LEAST.columns || rows < LEAST.rows) return tooSmall(size, glyphs);
  const isPaused = viewer.paused !== undefined;
  const shown = viewer.paused ?? { model, now };
  const head = headLines(shown.model, shown.now, isPaused, columns, glyphs);
  const top = rows < AIRY_FROM ? head : [...head, []];
  const room = rows - top.length - 1;
  const panes = panesOf(shown.model, momentOf(shown.model, shown.now).wallMs);
  const drawn = (columns < TWO_COLUMNS_FROM ? oneColumn : twoColumns)({
    panes,
    viewer,
    glyphs,
    columns,
    room,
  });
  const middle = viewer.showsHelp ? helpLines(columns, room, glyphs) : drawn.lines;
  const foot = cutLine(keyLine(isPaused, glyphs), columns, glyphs);
  return { lines: [...top, ...middle, foot], views: drawn.views };
}

interface Scene {
  readonly panes: Readonly<Record<PaneId, Pane>>;
  readonly viewer: Viewer;
  readonly glyphs: Glyphs;
  readonly columns: number;
  readonly room: number;
}

function oneColumn(scene: Scene): Layout {
  return together(column(PANE_IDS, scene));
}

function twoColumns(scene: Scene): Layout {
  const { columns, glyphs } = scene;
  const width = Math.floor((columns - BETWEEN) / 2);
  const left = together(column(['open', 'attempts', 'banned', 'doors'], { ...scene, columns: width }));
  const right = together(column(['events'], { ...scene, columns: columns - BETWEEN - width }));
  const gap = plain(' '.repeat(BETWEEN));
  const lines = left.lines.map((line, at) => [
    ...fitLine(line, width, glyphs),
    gap,
    ...(right.lines[at] ?? []),
  ]);
  return { lines, views: { ...left.views, events: right.views.events } };
}

/** Panes below each other. */
function column(ids: readonly PaneId[], scene: Scene): readonly DrawnPane[] {
  const { panes, viewer, glyphs, columns, room } = scene;
  const gap = room < ROOMY_FROM ? 0 : 1;
  const wishes = ids.map((id) => ({ least: LEAST_ROWS[id], wanted: panes[id].length + gap }));
  const heights = shareRows(room - ids.length, wishes);
  return ids.map((id, at) => drawPane(panes[id], viewer, { columns, rows: heights[at] ?? 0 }, glyphs));
}

function together(drawn: readonly DrawnPane[]): Layout {
  const views = Object.fromEntries(drawn.map(({ id, view }) => [id, view]));
  return { lines: drawn.flatMap(({ lines }) => lines), views: { ...NO_VIEWS, ...views } };
}

function tooSmall({ columns, rows }: Size, glyphs: Glyphs): Layout {
  const texts = [
    'too small:',
    `${columns} by ${rows};`,
    `${LEAST.columns} by ${LEAST.rows} needed`,
    'q quits',
  ];
  const lines = Array.from({ length: rows }, (_, at) => cutLine([plain(texts[at] ?? '')], columns, glyphs));
  return { lines, views: NO_VIEWS };
}
