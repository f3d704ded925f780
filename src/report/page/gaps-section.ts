/** What the log does not show, and what could not be read of it: so that nobody takes a number for more than it is. */

import { durationText } from '../../base/people-time.ts';
import type { Counted } from '../read/read-log.ts';
import type { Gaps, ReportData } from '../sum/report-data.ts';
import { type Html, html, NOTHING } from './html.ts';
import { counted, sumOf } from './number-text.ts';

/** Whether numbers of the report may be too low. */
export function hasGaps(gaps: Gaps): boolean {
  const { suppressed, packetsDropped, linesLost, unreadable, noTime, clockUnset, damaged } = gaps;
  const lines = sumOf(suppressed) + linesLost + unreadable.count + noTime.count + clockUnset.count;
  return lines + packetsDropped + damaged.length > 0;
}

export function gapsSection({ gaps }: ReportData): Html {
  const items = [...daemonGaps(gaps), ...readingGaps(gaps)];
  const list =
    items.length === 0 ? html`<p class="none">Nothing is known to be missing.</p>` : html`<ul>${items}</ul>`;
  return html`${list}<p class="note">Single packets that open nothing are not in the log, but with knockd -D. A daemon that does not run, and packets that a firewall before this machine drops, leave no line.</p>`;
}

function daemonGaps({ suppressed, packetsDropped, linesLost }: Gaps): readonly Html[] {
  return [
    ...Object.entries(suppressed).map(
      ([about, count]) =>
        html`<li><b>${counted(count, 'line')}</b> about ${ABOUT[about] ?? about} were left out by the limit of the log: the counts of this page are too low by as many.</li>`,
    ),
    packetsDropped > 0
      ? html`<li><b>${counted(packetsDropped, 'packet')}</b> came faster than the daemon could read them, and were not judged.</li>`
      : NOTHING,
    linesLost > 0
      ? html`<li><b>${counted(linesLost, 'line')}</b> could not be written to the log file.</li>`
      : NOTHING,
  ].filter((item) => item !== NOTHING);
}

function readingGaps(gaps: Gaps): readonly Html[] {
  const { unreadable, noTime, clockUnset, backwards, foreign, before, after, damaged } = gaps;
  return [
    ...damaged.map((what) => html`<li>An input ended badly: <bdi class="message">${what}</bdi></li>`),
    told(unreadable, 'could not be read'),
    told(
      noTime,
      'have no time and are not counted: let the daemon write --log-format json, or use journalctl -o json',
    ),
    told(clockUnset, 'are from before the year 2000, when the clock was not set, and are not counted'),
    told(
      backwards,
      `are older than the line above, by ${durationText(backwards.largestMs)} at most: a clock was set back, or lines are not in order`,
    ),
    told(foreign, 'are of other programs'),
    outside(before, 'before'),
    outside(after, 'after'),
  ].filter((item) => item !== NOTHING);
}

function outside(count: number, where: 'before' | 'after'): Html {
  if (count === 0) return NOTHING;
  return html`<li>${counted(count, 'line')} from ${where} the period ${count === 1 ? 'was' : 'were'} not counted.</li>`;
}

function told({ count, first }: Counted, what: string): Html {
  if (count === 0) return NOTHING;
  const verb = count === 1 ? what.replace(/^are /, 'is ').replace(/^have /, 'has ') : what;
  return html`<li><b>${counted(count, 'line')}</b> ${verb}; the first is <bdi class="message">${first ?? ''}</bdi>.</li>`;
}

/** Classes of lines, as the JSON log names them; the text log has the words themselves. */
const ABOUT: Readonly<Record<string, string>> = {
  stage: 'stages of attempts',
  timeout: 'attempts that timed out',
  spa: 'SPA packets refused',
  scan: 'scans',
  match: 'doors opened',
  decision: 'commands and grants',
  restored: 'grants that the journal kept',
  output: 'output of commands',
  debug: 'single packets',
};
