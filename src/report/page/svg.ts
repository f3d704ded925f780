/** What both pictures share: a strip that is as wide as its place, grid lines at the marks, and the axis with its labels. */

import { type Html, html } from './html.ts';
import type { Mark } from './time-axis.ts';

/** Units across a strip. */
export const WIDTH = 1000;

export interface Strip {
  /** Unique in the page. */
  readonly id: string;
  readonly className: string;
  readonly height: number;
  readonly title: string;
  readonly desc: string;
}

/** Strips are stretched to their place: shapes only, no text. */
export function strip(
  { id, className, height, title, desc }: Strip,
  marks: readonly Mark[],
  shapes: Html,
): Html {
  const lines = marks.map(({ at }) => `M${unit(at)} 0V${height}`).join('');
  return html`<svg class="strip ${className}" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${desc}</desc><path class="grid" d="${lines}"/>${shapes}</svg>`;
}

/** Labels stand at their marks; every second one has no room on a phone. */
export function axis(marks: readonly Mark[]): Html {
  const labels = marks.map(({ at, label }, index) => {
    const percent = (at * 100).toFixed(2);
    const anchor = at > 0.95 ? 'end' : at < 0.05 ? 'start' : 'middle';
    return html`<text class="${index % 2 === 1 ? 'odd' : 'even'}" x="${percent}%" y="12" text-anchor="${anchor}">${label}</text>`;
  });
  return html`<svg class="axis" width="100%" height="16" aria-hidden="true">${labels}</svg>`;
}

/** @param place from 0 up to 1 */
export function unit(place: number): string {
  return Number((place * WIDTH).toFixed(2)).toString();
}
