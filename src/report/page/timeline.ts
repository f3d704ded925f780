/** Who had which door open, and when: a table whose rows hold a strip of time each. */

import { durationText } from '../../base/people-time.ts';
import type { LaneReport, ReportData } from '../sum/report-data.ts';
import { name } from './cells.ts';
import { type Html, html, NOTHING } from './html.ts';
import { counted, grouped } from './number-text.ts';
import { axis, strip, unit, WIDTH } from './svg.ts';
import { type Mark, marksOf, placeOf, type Scale, scaleOf } from './time-axis.ts';
import { minuteText } from './time-text.ts';

/** Lanes of a door, and of all: more would be no picture. */
const MAX_OF_DOOR = 14;
const MAX_LANES = 80;

const LANE_HEIGHT = 20;

/** So that seconds are seen in a picture of weeks. */
const LEAST_WIDTH = 2.5;

export function timeline({ grants, period }: ReportData): Html {
  if (period.from === null || period.to === null || grants.lanes.length === 0) {
    return html`<p class="none">No door was opened.</p>`;
  }
  const scale = scaleOf(period.from, period.to);
  const marks = marksOf(scale);
  const { doors, left } = lanesToDraw(grants.lanes);
  let id = 0;
  const bodies = doors.map(([door, lanes]) => {
    const rows = lanes.map((lane) => row(lane, `lane${id++}`, scale, marks));
    const head = html`<tr role="row" class="door"><th role="rowheader" scope="rowgroup" colspan="4">${name(door)}</th></tr>`;
    return html`<tbody role="rowgroup">${head}${rows}</tbody>`;
  });
  const undrawn = grants.left.openings + left.reduce((sum, { openings }) => sum + openings, 0);
  const lost = grants.left.lanes + left.length;
  return html`<table class="timeline" role="table"><caption>When each door was open, by address</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Address</th><th role="columnheader" scope="col" class="lane"><span class="hidden">Time</span>${axis(marks)}</th><th role="columnheader" scope="col" class="number">Openings</th><th role="columnheader" scope="col" class="number">Open for</th></tr></thead>${bodies}</table>${notes(grants, lost, undrawn)}`;
}

/** By door; the busiest lanes of each. */
function lanesToDraw(lanes: readonly LaneReport[]): {
  readonly doors: readonly (readonly [string, readonly LaneReport[]])[];
  readonly left: readonly LaneReport[];
} {
  const doors = new Map<string, LaneReport[]>();
  const left: LaneReport[] = [];
  let drawn = 0;
  for (const lane of lanes) {
    const ofDoor = doors.get(lane.door) ?? [];
    if (ofDoor.length >= MAX_OF_DOOR || drawn >= MAX_LANES) {
      left.push(lane);
      continue;
    }
    drawn++;
    ofDoor.push(lane);
    doors.set(lane.door, ofDoor);
  }
  return { doors: [...doors], left };
}

function row(lane: LaneReport, id: string, scale: Scale, marks: readonly Mark[]): Html {
  const { door, source, openings, openMs, stillOpen } = lane;
  const title = `${door} for ${source}`;
  const desc = `${counted(openings, 'opening')}, open for ${durationText(openMs)}${stillOpen ? ', open at the end' : ''}`;
  const shapes = html`${blocksOf(lane, scale).map(block)}`;
  const picture = strip({ id, className: 'opened', height: LANE_HEIGHT, title, desc }, marks, shapes);
  const open = stillOpen ? html` <span class="still">still open</span>` : NOTHING;
  return html`<tr role="row"><th role="rowheader" scope="row">${name(source)}${open}</th><td role="cell" class="lane">${picture}</td><td role="cell" class="number">${grouped(openings)}</td><td role="cell" class="number">${durationText(openMs)}</td></tr>`;
}

interface Block {
  readonly x: number;
  readonly width: number;
  readonly title: string;
}

/** Spans that would cover each other are one block. */
function blocksOf({ spans }: LaneReport, scale: Scale): readonly Block[] {
  const blocks: { x: number; end: number; from: string; to: string; count: number }[] = [];
  for (const { from, to } of spans) {
    const x = Math.min(placeOf(Date.parse(from), scale) * WIDTH, WIDTH - LEAST_WIDTH);
    const end = Math.max(placeOf(Date.parse(to), scale) * WIDTH, x + LEAST_WIDTH);
    const last = blocks.at(-1);
    if (last === undefined || x > last.end) blocks.push({ x, end, from, to, count: 1 });
    else {
      last.count++;
      if (end >= last.end) Object.assign(last, { end, to });
    }
  }
  return blocks.map(({ x, end, from, to, count }) => ({
    ...{ x, width: end - x },
    title: `${count === 1 ? '' : `${count} times, `}${minuteText(from)} to ${minuteText(to)}`,
  }));
}

function block({ x, width, title }: Block): Html {
  return html`<rect x="${unit(x / WIDTH)}" y="4" width="${unit(width / WIDTH)}" height="12"><title>${title}</title></rect>`;
}

function notes(grants: ReportData['grants'], lanes: number, openings: number): Html {
  const told = [
    lanes > 0
      ? `${counted(openings, 'opening')} for ${counted(lanes, 'more address', 'more addresses')} are not drawn.`
      : '',
    grants.endless > 0
      ? `The log does not tell when ${counted(grants.endless, 'opening')} ended: drawn as moments, with no time open.`
      : '',
    grants.joined > 0 ? `${counted(grants.joined, 'short gap')} between openings are not drawn.` : '',
  ].filter((text) => text !== '');
  return told.length === 0 ? NOTHING : html`<p class="note">${told.join(' ')}</p>`;
}
