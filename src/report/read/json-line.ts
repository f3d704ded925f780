/** Lines that are JSON objects: of the daemon's own log (`--log-format json`) and of `journalctl -o json`. */

import type { EventKind, Told } from './log-event.ts';
import { readPhrase } from './phrases.ts';

export interface DaemonLine {
  readonly kind: 'daemon';
  readonly atMs: number;
  readonly told: Told;
}

export interface JournalLine {
  readonly kind: 'journal';
  readonly atMs: number;
  readonly program: string;
  readonly message: string;
  readonly isTrouble: boolean;
}

/** Longer names are cut: tables hold many of them. Those of doors have up to some dozens of characters. */
const MAX_TEXT = 120;

/** Numbers of syslog(3) up to `warning`. */
const WARNING = 4;

/** `other`: an object of somebody else's. Undefined: no JSON object at all. */
export function readJson(line: string): DaemonLine | JournalLine | 'other' | undefined {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  if (typeof fields.message === 'string' && typeof fields.time === 'string') {
    return readDaemonLine(fields, fields.message, fields.time);
  }
  return readJournalLine(fields);
}

/** What a message without fields tells. @param isTrouble what it is where no phrase is known */
export function toldBy(message: string, isTrouble: boolean): Told {
  const told = readPhrase(message);
  if (told !== undefined) return bounded(told);
  return isTrouble ? { kind: 'trouble', text: cut(message, MAX_TEXT * 2) } : { kind: 'note' };
}

/** Lines of the text log have no level. */
export function soundsLikeTrouble(message: string): boolean {
  return /\b(?:error|failed|could not|cannot|no control socket)\b/i.test(message);
}

/** Of both kinds of objects; what is not there is undefined. */
interface Fields {
  readonly time?: unknown;
  readonly level?: unknown;
  readonly message?: unknown;
  readonly kind?: unknown;
  readonly source?: unknown;
  readonly door?: unknown;
  readonly reason?: unknown;
  readonly action?: unknown;
  readonly count?: unknown;
  readonly endsAt?: unknown;
  readonly MESSAGE?: unknown;
  readonly PRIORITY?: unknown;
  readonly SYSLOG_IDENTIFIER?: unknown;
  readonly __REALTIME_TIMESTAMP?: unknown;
  readonly _COMM?: unknown;
}

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

function readDaemonLine(fields: Fields, message: string, time: string): DaemonLine | 'other' {
  const atMs = Date.parse(time);
  if (Number.isNaN(atMs) || typeof fields.level !== 'string') return 'other';
  const isTrouble = fields.level === 'error' || fields.level === 'warning';
  const kind = kindOf(fields);
  if (kind === undefined) return { kind: 'daemon', atMs, told: toldBy(message, isTrouble) };
  return { kind: 'daemon', atMs, told: toldByFields(kind, fields, message) };
}

function readJournalLine(fields: Fields): JournalLine | 'other' {
  const {
    MESSAGE: message,
    __REALTIME_TIMESTAMP: micros,
    SYSLOG_IDENTIFIER: ident,
    _COMM: comm,
    PRIORITY,
  } = fields;
  const text = typeof message === 'string' ? message : bytesText(message);
  if (text === undefined || typeof micros !== 'string' || !/^\d{1,16}$/.test(micros)) return 'other';
  const program = typeof ident === 'string' ? ident : typeof comm === 'string' ? comm : '';
  const atMs = Math.floor(Number(micros) / 1000);
  return { kind: 'journal', atMs, program, message: text, isTrouble: Number(PRIORITY) <= WARNING };
}

/** journald gives messages that are no text as lists of bytes. */
function bytesText(value: unknown): string | undefined {
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte))) return undefined;
  return Buffer.from(value).toString('utf8');
}

/** Kinds that the log writes as the report has them. */
const SAME: readonly EventKind[] = [
  ...(['stage', 'timeout', 'scan', 'spa-accepted', 'spa-refused', 'refreshed', 'refused', 'failed'] as const),
  ...(['command-started', 'command-output', 'closing', 'close-delayed', 'restored', 'kept'] as const),
  ...(['unbanned', 'suppressed', 'packets-dropped', 'lines-lost', 'started', 'stopping'] as const),
  ...(['reloading', 'not-reloaded', 'door-off'] as const),
];

const KINDS: ReadonlyMap<unknown, EventKind> = new Map<unknown, EventKind>([
  ...SAME.map((kind) => [kind, kind] as const),
  ['command-ended', 'command-failed'],
  ['deferred', 'note'],
]);

const STRANGE: ReadonlySet<unknown> = new Set([
  ...['duplicate', 'held', 'wrong step', 'stray', 'other TCP flags', 'other destination'],
  'later step without the first',
]);

function kindOf({ kind, reason, endsAt }: Fields): EventKind | undefined {
  // A match and a decision share the word; only the decision has a reason.
  if (kind === 'opened') return reason === undefined ? 'match' : 'opened';
  // So do a ban by hand, which has an end, and a packet of somebody who is banned.
  if (kind === 'banned') return endsAt === undefined ? 'strange' : 'banned';
  return KINDS.get(kind) ?? (STRANGE.has(kind) ? 'strange' : undefined);
}

function toldByFields(kind: EventKind, fields: Fields, message: string): Told {
  const reason = kind === 'strange' ? fields.kind : fields.reason;
  const { source, door, action, count } = fields;
  const endsMs = endOf(fields.endsAt);
  const user = kind === 'spa-accepted' ? readPhrase(message)?.user : undefined;
  return {
    kind,
    ...(typeof source === 'string' && { source: cut(source, MAX_TEXT) }),
    ...(typeof door === 'string' && { door: cut(door, MAX_TEXT) }),
    ...(typeof reason === 'string' && { reason: cut(reason, MAX_TEXT) }),
    ...(user !== undefined && { user: cut(user, MAX_TEXT) }),
    ...((action === 'start' || action === 'stop') && { action }),
    ...(endsMs !== undefined && { endsMs }),
    ...(isCount(count) && { count }),
  };
}

function endOf(value: unknown): number | undefined {
  if (value === null) return Number.POSITIVE_INFINITY;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function bounded(told: Told): Told {
  const { source = '', door = '', user = '', reason = '' } = told;
  if (Math.max(source.length, door.length, user.length, reason.length) <= MAX_TEXT) return told;
  const texts = Object.entries(told).map(([key, value]) => [
    key,
    typeof value === 'string' ? cut(value, MAX_TEXT) : value,
  ]);
  return Object.fromEntries(texts) as Told;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
