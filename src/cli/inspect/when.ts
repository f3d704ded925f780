/**
 * Moments as people write them: `2h` and `7d` (ago), `yesterday`, `today`, `now`, `14:30` (today), `2026-11-20`,
 * `2026-11-20 14:30`, RFC 3339. Local time, unless the text has an offset. A day alone is its beginning.
 */

import { parseDurationMs } from '../../base/duration.ts';

export const WHEN_EXAMPLES =
  "examples: '2h', '7d', 'yesterday', '2026-11-20', '2026-11-20 14:30', '2026-11-20T14:30:00+01:00'";

const WEEK_MS = 7 * 86_400_000;

/** Milliseconds since 1970-01-01 UTC; undefined for anything else. @param fromMs what durations go back from */
export function parseWhen(text: string, fromMs: number): number | undefined {
  const word = text.trim().toLowerCase();
  const agoMs = spanMs(word.replace(/^-|\s+ago$/g, ''));
  if (agoMs !== undefined) return fromMs - agoMs;
  const today = new Date(fromMs);
  switch (word) {
    case 'now':
      return fromMs;
    case 'today':
      return dayMs(today, 0);
    case 'yesterday':
      return dayMs(today, -1);
    default:
      return clockMs(word, today) ?? dateMs(text.trim());
  }
}

/** A number alone has no unit that everybody expects. */
function spanMs(word: string): number | undefined {
  if (!/[a-z]$/.test(word)) return undefined;
  const weeks = /^(\d+)\s*w$/.exec(word)?.[1];
  return weeks === undefined ? parseDurationMs(word, 's') : Number(weeks) * WEEK_MS;
}

function dayMs(date: Date, days: number): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

function clockMs(word: string, today: Date): number | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(word);
  if (found === null) return undefined;
  const [, hours, minutes, seconds = '0'] = found;
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  return new Date(year, month, day, Number(hours), Number(minutes), Number(seconds)).getTime();
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

function dateMs(text: string): number | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hours = '00',
    minutes = '00',
    seconds = '00',
    part = '',
    zone = '',
  ] = found;
  if (!isDate(Number(year), Number(month), Number(day))) return undefined;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  // With a time of day and without an offset ECMA-262 takes it as local.
  const ms = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${part}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Date.parse takes the 31st of February for the 3rd of March. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
