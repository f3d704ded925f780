/**
 * The stamps that stand before a line of text: of knockd's log file, of journalctl and syslog daemons. Local time, unless
 * the stamp has an offset.
 */

export interface Stamped {
  readonly atMs: number;
  /** What follows the stamp. */
  readonly rest: string;
  /** The program that wrote it, where the line names one. */
  readonly program: string | undefined;
}

/** `[2026-11-24 02:50] message`. */
const MINUTE = /^\[(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)\] /;

/** `2026-11-24T02:50:03.120+01:00 host knockd[17]: message`, as rsyslog and `journalctl -o short-iso` write it. */
const ISO =
  /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?)(Z|[+-]\d\d:?\d\d)? \S+ ([^\s:[\]]+)(?:\[\d+\])?: /;

/** RFC 3164: `Nov  4 02:50:03 host knockd[17]: message`, without a year. */
const SYSLOG = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)? \S+ ([^\s:[\]]+)(?:\[\d+\])?: /;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A clock of the other machine may run before this one's; no log is from later than that. */
const AHEAD_MS = 86_400_000;

/** Undefined where the line begins with no stamp. @param nowMs decides the year of stamps without one */
export function readStamp(line: string, nowMs: number): Stamped | undefined {
  const first = line.charCodeAt(0);
  if (first === 0x5b) return readMinute(line);
  if (first >= 0x30 && first <= 0x39) return readIso(line);
  return readSyslog(line, nowMs);
}

/** As journald takes them off, too: `<5>`. */
export function withoutPriority(line: string): string {
  return line.charCodeAt(0) === 0x3c ? line.replace(/^<\d>/, '') : line;
}

function readMinute(line: string): Stamped | undefined {
  const found = MINUTE.exec(line);
  if (found === null) return undefined;
  const [all, year, month, day, hour, minute] = found;
  const at = new Date(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return { atMs: at.getTime(), rest: line.slice(all.length), program: undefined };
}

function readIso(line: string): Stamped | undefined {
  const found = ISO.exec(line);
  if (found === null) return undefined;
  const [all, time = '', offset = '', program] = found;
  const atMs = Date.parse(`${time.replace(' ', 'T').replace(',', '.')}${withColon(offset)}`);
  return Number.isNaN(atMs) ? undefined : { atMs, rest: line.slice(all.length), program };
}

function readSyslog(line: string, nowMs: number): Stamped | undefined {
  const found = SYSLOG.exec(line);
  if (found === null) return undefined;
  const [all, monthName = '', day, hour, minute, second, program] = found;
  const month = MONTHS.indexOf(monthName);
  if (month < 0) return undefined;
  const inYear = (year: number) =>
    new Date(year, month, Number(day), Number(hour), Number(minute), Number(second)).getTime();
  const year = new Date(nowMs).getFullYear() + 1;
  const atMs = [year, year - 1].map(inYear).find((each) => each <= nowMs + AHEAD_MS) ?? inYear(year - 2);
  return { atMs, rest: line.slice(all.length), program };
}

function withColon(offset: string): string {
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
}
