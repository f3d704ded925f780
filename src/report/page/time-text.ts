/** Times in the page: local with the offset for people, RFC 3339 for programs. */

import { localTime } from '../../base/people-time.ts';
import { type Html, html } from './html.ts';

/** To the minute; the seconds are in the machine's text. @param text RFC 3339; null has its own word */
export function timeTag(text: string | null, none = '–'): Html {
  if (text === null) return html`${none}`;
  const [day = '', clock = '', offset = ''] = localTime(text).split(' ');
  return html`<time datetime="${text}">${day} ${clock.slice(0, 5)} <span class="zone">${offset}</span></time>`;
}

/** `2026-11-25 14:30`, for titles. */
export function minuteText(text: string): string {
  return localTime(text).slice(0, 16);
}
