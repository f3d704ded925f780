/** What happened over time, a strip of bars for each kind, all on one scale of time. */

import { durationText } from '../../base/people-time.ts';
import type { ActivityBin, ReportData } from '../sum/report-data.ts';
import { type Html, html } from './html.ts';
import { counted, grouped } from './number-text.ts';
import { axis, strip, unit } from './svg.ts';
import { type Mark, marksOf, placeOf, type Scale, scaleOf } from './time-axis.ts';
import { minuteText } from './time-text.ts';

const HEIGHT = 44;

/** So that one in a bin is seen beside a thousand. */
const LEAST_HEIGHT = 2;

type Kind = Exclude<keyof ActivityBin, 'at'>;

const KINDS: readonly { readonly kind: Kind; readonly head: string; readonly noun: string }[] = [
  { kind: 'opened', head: 'Openings', noun: 'opening' },
  { kind: 'scans', head: 'Scans', noun: 'scan' },
  { kind: 'refused', head: 'Refused or failed', noun: 'refusal or failure' },
  { kind: 'timeouts', head: 'Attempts timed out', noun: 'attempt' },
];

export function activityChart({ activity, period }: ReportData): Html {
  if (period.from === null || period.to === null || activity.bins.length === 0) {
    return html`<p class="none">Nothing was opened, refused or scanned.</p>`;
  }
  const scale = scaleOf(period.from, period.to);
  const marks = marksOf(scale);
  const strips = KINDS.filter(({ kind }) => activity.bins.some((bin) => bin[kind] > 0)).map((kind) =>
    bars(kind, activity, scale, marks),
  );
  return html`<figure class="activity"><figcaption>Each bar is ${durationText(activity.binMs)}; each strip has a height of its own.</figcaption>${strips}${axis(marks)}</figure>`;
}

function bars(
  { kind, head, noun }: (typeof KINDS)[number],
  { bins, binMs }: ReportData['activity'],
  scale: Scale,
  marks: readonly Mark[],
): Html {
  const most = Math.max(...bins.map((bin) => bin[kind]));
  const total = bins.reduce((sum, bin) => sum + bin[kind], 0);
  const busiest = bins.find((bin) => bin[kind] === most);
  const plural = noun === 'refusal or failure' ? 'refusals or failures' : `${noun}s`;
  const desc = `${counted(total, noun, plural)} in all; at most ${grouped(most)} in ${durationText(binMs)}, from ${minuteText(busiest?.at ?? '')}.`;
  const shapes = bins
    .filter((bin) => bin[kind] > 0)
    .map((bin) => {
      const height = Math.max(LEAST_HEIGHT, (bin[kind] / most) * (HEIGHT - 2));
      return bar(bin.at, binMs, height, `${minuteText(bin.at)}: ${counted(bin[kind], noun, plural)}`, scale);
    });
  const picture = strip(
    { id: `bars-${kind}`, className: kind, height: HEIGHT, title: head, desc },
    marks,
    html`${shapes}`,
  );
  return html`<div class="bars"><p><b>${head}</b> <span>${grouped(total)}, at most ${grouped(most)} in ${durationText(binMs)}</span></p>${picture}</div>`;
}

function bar(at: string, binMs: number, height: number, title: string, scale: Scale): Html {
  const x = placeOf(Date.parse(at), scale);
  const end = placeOf(Date.parse(at) + binMs, scale);
  // A gap between bars, where they are wide enough to have one.
  const width = Math.max(0.0015, (end - x) * 0.86);
  const y = (HEIGHT - height).toFixed(1);
  return html`<rect x="${unit(Math.min(x, 0.9985))}" y="${y}" width="${unit(width)}" height="${height.toFixed(1)}"><title>${title}</title></rect>`;
}
