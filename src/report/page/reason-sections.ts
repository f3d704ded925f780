/** Why nothing opened: refusals, packets, commands, strange packets; and who is banned. */

import { refusalReasonWords } from '../read/grant-reasons.ts';
import { spaReasonWords } from '../read/spa-reasons.ts';
import type { BanReport, ReportData } from '../sum/report-data.ts';
import { count, name } from './cells.ts';
import { type Html, html, NOTHING } from './html.ts';
import { counted, grouped } from './number-text.ts';
import { type Column, table } from './table.ts';
import { timeTag } from './time-text.ts';

type Reason = readonly [words: string, count: number];

export function reasonTables({ refused, spaRefused, commandsFailed, strange }: ReportData): Html {
  const tables = [
    reasons('Refused or not opened', refused, (code) =>
      code === 'firewall-failed' ? 'the firewall did not open' : refusalReasonWords(code),
    ),
    reasons('SPA packets refused', spaRefused, spaReasonWords),
    reasons('Commands that failed', commandsFailed, (code) => COMMANDS[code] ?? code),
    reasons('Single packets, as knockd -D tells of them', strange, (code) => code),
  ];
  if (tables.every((each) => each === NOTHING))
    return html`<p class="none">Nothing was refused, and no command failed.</p>`;
  return html`<div class="beside">${tables}</div>`;
}

export function banTable({ bans }: ReportData): Html {
  if (bans.count === 0) {
    return html`<p class="none">Nobody was banned. Scanners are banned where the configuration sets Ban_Time.</p>`;
  }
  const older = bans.count - bans.shown.length;
  const note =
    older > 0 ? html`<p class="note">${counted(older, 'older ban')} are counted, not listed.</p>` : NOTHING;
  return html`${table({ caption: 'Bans, newest first', columns: BAN_COLUMNS, rows: bans.shown, nouns: 'bans' })}${note}`;
}

function reasons(
  caption: string,
  counts: Readonly<Record<string, number>>,
  words: (code: string) => string,
): Html {
  const rows: readonly Reason[] = Object.entries(counts).map(([code, n]) => [words(code), n]);
  const columns: readonly Column<Reason>[] = [
    { head: 'Reason', cell: ([text]) => html`<span class="reason">${text}</span>` },
    count('Count', ([, n]) => n),
  ];
  return table({
    caption: `${caption}: ${grouped(rows.reduce((sum, [, n]) => sum + n, 0))}`,
    columns,
    rows,
    nouns: 'reasons',
  });
}

const COMMANDS: Readonly<Record<string, string>> = {
  'failed-status': 'ended with a status that is not 0',
  'time-limit': 'ran too long and were killed (Command_Timeout)',
  'could-not-start': 'could not be run',
};

const BAN_COLUMNS: readonly Column<BanReport>[] = [
  { head: 'Address', cell: ({ prefix }) => name(prefix) },
  { head: 'By', cell: ({ by }) => html`${by}` },
  { head: 'From', isNumber: true, cell: ({ at }) => timeTag(at) },
  { head: 'Until', isNumber: true, cell: ({ endsAt }) => timeTag(endsAt, 'for ever') },
];
