/** Doors, users, and the addresses that came in or did not. */

import { durationText } from '../../base/people-time.ts';
import type { DoorReport, ReportData, SourceReport, UserReport } from '../sum/report-data.ts';
import { count, name } from './cells.ts';
import { type Html, html, NOTHING } from './html.ts';
import { type Column, table } from './table.ts';
import { timeTag } from './time-text.ts';

export function doorTables({ doors, users }: ReportData): Html {
  return html`${table({ caption: 'What came of each door', columns: DOOR_COLUMNS, rows: doors, most: 30, nouns: 'doors' })}${table({ caption: 'Users of SPA packets', columns: USER_COLUMNS, rows: users, nouns: 'users' })}`;
}

export function sourceTables({ sources }: ReportData): Html {
  if (sources.cameIn.length + sources.turnedAway.length === 0)
    return html`<p class="none">No address was seen.</p>`;
  const rough =
    sources.forgotten === 0
      ? NOTHING
      : html`<p class="note">There were too many addresses to count each of them: what those with ≥ did is the least that it can be, and those that did least are left out. How many there were is an estimate, within about 1 %.</p>`;
  return html`${table({ caption: 'Addresses that came in', columns: CAME_IN, rows: sources.cameIn, nouns: 'addresses' })}${table({ caption: 'Addresses that did not', columns: TURNED_AWAY, rows: sources.turnedAway, nouns: 'addresses' })}${rough}`;
}

const DOOR_COLUMNS: readonly Column<DoorReport>[] = [
  { head: 'Door', cell: ({ door }) => name(door) },
  count('Knocked', ({ matches }) => matches),
  { ...count<DoorReport>('Opened', ({ opened }) => opened), isEmpty: () => false },
  count('Refused', ({ refused }) => refused),
  count('Failed', ({ failed }) => failed),
  count('Addresses', ({ sources }) => sources),
  {
    head: 'Open for',
    isNumber: true,
    isEmpty: ({ openMs }) => openMs === 0,
    cell: ({ openMs }) => (openMs === 0 ? html`–` : html`${durationText(openMs)}`),
  },
  { head: 'Last opened', isNumber: true, cell: ({ lastOpened }) => timeTag(lastOpened) },
];

const USER_COLUMNS: readonly Column<UserReport>[] = [
  { head: 'User', cell: ({ user }) => name(user) },
  { head: 'Door', cell: ({ door }) => name(door) },
  count('Packets', ({ accepted }) => accepted),
  { head: 'Last', isNumber: true, cell: ({ lastSeen }) => timeTag(lastSeen) },
];

const isAtLeast = ({ atLeast }: SourceReport) => atLeast;

const SOURCE: Column<SourceReport> = { head: 'Address', cell: ({ source }) => name(source) };

const LAST: Column<SourceReport> = {
  head: 'Last seen',
  isNumber: true,
  cell: ({ lastSeen }) => timeTag(lastSeen),
};

const CAME_IN: readonly Column<SourceReport>[] = [
  SOURCE,
  count('Opened', ({ opened }) => opened, isAtLeast),
  count('Refused', ({ refused }) => refused, isAtLeast),
  count('Packets refused', ({ spaRefused }) => spaRefused, isAtLeast),
  count('Timed out', ({ timeouts }) => timeouts, isAtLeast),
  count('Scans', ({ scans }) => scans, isAtLeast),
  LAST,
];

const TURNED_AWAY: readonly Column<SourceReport>[] = [
  SOURCE,
  count('Scans', ({ scans }) => scans, isAtLeast),
  count('Bans', ({ bans }) => bans, isAtLeast),
  count('Refused', ({ refused }) => refused, isAtLeast),
  count('Packets refused', ({ spaRefused }) => spaRefused, isAtLeast),
  count('Timed out', ({ timeouts }) => timeouts, isAtLeast),
  count('Steps', ({ stages }) => stages, isAtLeast),
  LAST,
];
