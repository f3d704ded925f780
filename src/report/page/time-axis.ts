/** Where the marks of a time axis stand: at local midnights or full hours, so many that their labels have room. */

export interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Mark {
  /** From 0, the beginning, up to 1. */
  readonly at: number;
  readonly label: string;
}

const MAX_MARKS = 9;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

const STEPS_DAYS: readonly number[] = [1, 2, 4, 7, 14, 28, 91, 182, 364, 728, 1820, 3640];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A moment has no length: its scale is made a minute long. */
export function scaleOf(from: string, to: string): Scale {
  const fromMs = Date.parse(from);
  return { fromMs, toMs: Math.max(Date.parse(to), fromMs + MINUTE) };
}

/** From 0 up to 1, also for what lies outside. */
export function placeOf(ms: number, { fromMs, toMs }: Scale): number {
  return Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
}

export function marksOf(scale: Scale): readonly Mark[] {
  const lengthMs = scale.toMs - scale.fromMs;
  const stepMs = STEPS_MS.find((step) => lengthMs / step <= MAX_MARKS);
  const dates = stepMs === undefined ? midnights(scale) : clockTimes(scale, stepMs);
  return dates.map((date) => ({
    at: placeOf(date.getTime(), scale),
    label: stepMs === undefined ? dayLabel(date, lengthMs) : clockLabel(date),
  }));
}

/** Counted from local midnight. */
function clockTimes({ fromMs, toMs }: Scale, stepMs: number): readonly Date[] {
  const found: Date[] = [];
  const start = midnight(new Date(fromMs), 0).getTime();
  for (let ms = start + Math.ceil((fromMs - start) / stepMs) * stepMs; ms <= toMs; ms += stepMs) {
    found.push(new Date(ms));
  }
  return found;
}

function midnights({ fromMs, toMs }: Scale): readonly Date[] {
  const lengthDays = (toMs - fromMs) / (24 * HOUR);
  const step = STEPS_DAYS.find((days) => lengthDays / days <= MAX_MARKS) ?? Math.ceil(lengthDays / MAX_MARKS);
  const found: Date[] = [];
  for (let date = midnight(new Date(fromMs), 1); date.getTime() <= toMs; date = midnight(date, step)) {
    found.push(date);
  }
  return found;
}

/** By the calendar: days with a change of the clock are longer or shorter. */
function midnight(date: Date, daysLater: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater);
}

function clockLabel(date: Date): string {
  const [hours, minutes] = [date.getHours(), date.getMinutes()].map((n) => String(n).padStart(2, '0'));
  return hours === '00' && minutes === '00' ? dayLabel(date, 0) : `${hours}:${minutes}`;
}

function dayLabel(date: Date, lengthMs: number): string {
  const month = MONTHS[date.getMonth()] ?? '';
  return lengthMs > 400 * 24 * HOUR ? `${month} ${date.getFullYear()}` : `${date.getDate()} ${month}`;
}
