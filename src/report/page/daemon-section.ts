/** The daemon itself: starts, ends, reloads, and what it complained of. */

import type { DaemonEvent, ReportData, TroubleReport } from '../sum/report-data.ts';
import { count, name } from './cells.ts';
import { type Html, html } from './html.ts';
import { type Column, table } from './table.ts';
import { timeTag } from './time-text.ts';

export function daemonSection({ daemon, totals }: ReportData): Html {
  const { starts, stops, reloads, refusedReloads, doorsOff, events, troubles } = daemon;
  const facts = [
    fact('Starts', starts),
    fact('Clean ends', stops),
    fact('Reloads', reloads),
    fact('Reloads refused', refusedReloads),
    fact('Doors switched off', doorsOff),
    fact('Commands run', totals.commandsStarted),
    fact('Commands failed', totals.commandsFailed),
  ];
  const newest = events.toReversed();
  return html`<dl class="facts">${facts}</dl>${table({ caption: 'Events, newest first', columns: EVENT_COLUMNS, rows: newest, nouns: 'events' })}${table({ caption: 'Errors and warnings', columns: TROUBLE_COLUMNS, rows: troubles, nouns: 'messages' })}`;
}

function fact(label: string, value: number): Html {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

const EVENTS: Readonly<Record<DaemonEvent['what'], string>> = {
  started: 'started',
  stopping: 'stopped',
  reloading: 'read its configuration anew',
  'not-reloaded': 'kept the old configuration: the new one has errors',
  'door-off': 'switched a door off',
};

const EVENT_COLUMNS: readonly Column<DaemonEvent>[] = [
  { head: 'Time', cell: ({ at }) => timeTag(at) },
  {
    head: 'The daemon',
    cell: ({ what, door }) => html`${EVENTS[what]}${door === null ? '' : html`: ${name(door)}`}`,
  },
];

const TROUBLE_COLUMNS: readonly Column<TroubleReport>[] = [
  { head: 'Message', cell: ({ text }) => html`<bdi class="message">${text}</bdi>` },
  count('Count', (row) => row.count),
  { head: 'Last', isNumber: true, cell: ({ last }) => timeTag(last) },
];
