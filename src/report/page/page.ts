/**
 * The whole page: one file that asks the network for nothing and runs nothing. Its policy allows the one style sheet that
 * stands in it, by its hash, and no more.
 */

import { createHash } from 'node:crypto';
import type { ReportData } from '../sum/report-data.ts';
import { activityChart } from './activity-chart.ts';
import { daemonSection } from './daemon-section.ts';
import { gapsSection } from './gaps-section.ts';
import { Html, html } from './html.ts';
import { figures, masthead } from './masthead.ts';
import { counted } from './number-text.ts';
import { banTable, reasonTables } from './reason-sections.ts';
import { doorTables, sourceTables } from './source-sections.ts';
import { STYLE } from './style.ts';
import { timeline } from './timeline.ts';

/** The same data and time zone give the same bytes. */
export function page(data: ReportData): string {
  const sections = [
    section('activity', 'Over time', activityChart(data)),
    section('grants', 'Open doors', timeline(data)),
    section('doors', 'Doors', doorTables(data)),
    section('sources', 'Addresses', sourceTables(data)),
    section('refusals', 'Refusals', reasonTables(data)),
    section('bans', 'Bans', banTable(data)),
    section('daemon', 'The daemon', daemonSection(data)),
    section('gaps', 'What the log does not show', gapsSection(data)),
  ];
  const body = html`${masthead(data)}${links()}<main>${figures(data)}${sections}</main>${footer(data)}`;
  return html`<!DOCTYPE html>
<html lang="en">
${head()}
<body>
${body}
</body>
</html>
`.text;
}

function head(): Html {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Postern report</title>
<style>${new Html(STYLE)}</style>
</head>`;
}

const LINKS = [
  ['activity', 'Over time'],
  ['grants', 'Open doors'],
  ['doors', 'Doors'],
  ['sources', 'Addresses'],
  ['refusals', 'Refusals'],
  ['bans', 'Bans'],
  ['daemon', 'The daemon'],
  ['gaps', 'What is missing'],
] as const;

function links(): Html {
  const items = LINKS.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`);
  return html`<nav aria-label="Sections"><ul>${items}</ul></nav>`;
}

function section(id: string, title: string, contents: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>${contents}</section>`;
}

const MAX_NAMED = 6;

function footer({ gaps, version }: ReportData): Html {
  const { inputs } = gaps;
  const named = inputs.slice(0, MAX_NAMED).map((name) => html`<li><bdi class="message">${name}</bdi></li>`);
  const more =
    inputs.length > named.length ? html`<li>and ${inputs.length - named.length} more</li>` : html``;
  return html`<footer><p>Made by postern ${version} from ${counted(gaps.lines, 'line')} of</p><ul>${named}${more}</ul></footer>`;
}
