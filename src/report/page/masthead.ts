/** The head of the page: of what time it is, and the figures that matter, each with what the log left out of it. */

import { durationText } from '../../base/people-time.ts';
import type { ReportData } from '../sum/report-data.ts';
import { hasGaps } from './gaps-section.ts';
import { headline } from './headline.ts';
import { type Html, html, NOTHING } from './html.ts';
import { counted, grouped } from './number-text.ts';
import { timeTag } from './time-text.ts';

export function masthead(data: ReportData): Html {
  const { from, to } = data.period;
  const length = from === null || to === null ? '' : durationText(Date.parse(to) - Date.parse(from));
  const period =
    from === null || to === null
      ? html`no line of the log lies in this time`
      : html`${timeTag(from)} to ${timeTag(to)} <span class="length">(${length})</span>`;
  return html`<header><p class="kicker">Postern report</p><h1>Knocks, openings and scans</h1><p class="period">${period}</p></header>`;
}

export function figures(data: ReportData): Html {
  const { totals, sources, gaps } = data;
  const tiles = [
    tile('Openings', totals.opened, forSources(sources.opened), 'good'),
    tile('Refused or failed', totals.refused + totals.failed + totals.spaRefused, refusalNote(data), 'bad'),
    tile('Scans', totals.scans, ofSources(sources.scanned, sources.forgotten > 0), 'warn'),
    tile('Bans', totals.banned, totals.unbanned > 0 ? `${grouped(totals.unbanned)} lifted` : ''),
    tile('Timed out', totals.timeouts, totals.timeouts > 0 ? 'attempts' : ''),
    tile('Addresses seen', sources.count, sources.forgotten > 0 ? 'about' : ''),
  ];
  const warning = hasGaps(gaps)
    ? html`<p class="warning">The log does not show everything: <a href="#gaps">what is missing</a>.</p>`
    : NOTHING;
  return html`<section id="summary" aria-labelledby="summary-h"><h2 id="summary-h" class="hidden">Summary</h2><p class="headline">${headline(data)}</p><dl class="tiles">${tiles}</dl>${warning}</section>`;
}

function tile(label: string, count: number, note: string, tone = 'plain'): Html {
  const isZero = count === 0 ? ' is-zero' : '';
  return html`<div class="tile ${tone}${isZero}"><dt>${label}</dt><dd><span class="figure">${grouped(count)}</span> <span class="of">${note}</span></dd></div>`;
}

function forSources(count: number): string {
  return count === 0 ? '' : `for ${counted(count, 'address', 'addresses')}`;
}

function ofSources(count: number, isAbout = false): string {
  if (count === 0) return '';
  return `${isAbout ? 'by about' : 'by'} ${counted(count, 'address', 'addresses')}`;
}

function refusalNote({ totals }: ReportData): string {
  return totals.spaRefused === 0 ? '' : `${grouped(totals.spaRefused)} of them packets`;
}
