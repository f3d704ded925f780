/** Times and durations as people read them: local, with the offset; two units at most. */

/** `2026-11-25 09:40:03 +0100`. @param text RFC 3339 */
export function localTime(text: string): string {
  const date = new Date(text);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${clock(date)} ${offset(date)}`;
}

/** `09:40:03`. */
export function localClock(text: string): string {
  return clock(new Date(text));
}

/** `2 d 3 h`, `59 min 4 s`, `12 s`, `350 ms`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  const parts = UNITS.map(({ name, size, of }) => ({ name, count: Math.floor(seconds / size) % of }));
  const first = parts.findIndex(({ count }) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(' ');
}

/** What is left until then: `12 s left`, `no end` for null. */
export function leftText(endsAt: string | null, nowMs: number): string {
  if (endsAt === null) return 'no end';
  return `${durationText(Math.max(0, Date.parse(endsAt) - nowMs))} left`;
}

const UNITS = [
  { name: 'd', size: 86_400, of: Number.POSITIVE_INFINITY },
  { name: 'h', size: 3600, of: 24 },
  { name: 'min', size: 60, of: 60 },
  { name: 's', size: 1, of: 60 },
] as const;

function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
