/** One line of any supported log to an event, or to why it gives none. Any text gives an answer; nothing throws. */

import { readJson, soundsLikeTrouble, toldBy } from './json-line.ts';
import type { LogEvent, Told } from './log-event.ts';
import { readPhrase } from './phrases.ts';
import { readStamp, withoutPriority } from './stamp.ts';

export type LineResult =
  | { readonly kind: 'event'; readonly event: LogEvent; readonly isTorn?: true }
  /** Of another program. */
  | { readonly kind: 'foreign' }
  /** The daemon's, without a time: `journalctl -o cat` of a text log. */
  | { readonly kind: 'no-time' }
  /** From before the clock was set. */
  | { readonly kind: 'clock-unset' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'empty' };

const OURS = /^(?:knockd|postern)$/;

/** No log of this program is older: a clock that says so is not set, as on boards without a battery. */
const OLDEST_MS = Date.UTC(2000, 0, 1);

const TORN_START = '{"time":"';

/** @param nowMs decides the year of stamps without one */
export function readLine(line: string, nowMs: number): LineResult {
  const text = withoutPriority(line);
  if (text === '') return EMPTY;
  if (text.charCodeAt(0) === 0x7b) return readObject(text, nowMs);
  if (text.charCodeAt(0) === 0) return readAfterHole(text, nowMs);
  const stamped = readStamp(text, nowMs);
  if (stamped === undefined) return readPhrase(text) === undefined ? readRest(text) : NO_TIME;
  const { atMs, rest, program } = stamped;
  if (program !== undefined && !OURS.test(program)) return FOREIGN;
  return ofMessage(withoutPriority(rest), atMs, soundsLikeTrouble(rest), nowMs);
}

const EMPTY = { kind: 'empty' } as const;
const FOREIGN = { kind: 'foreign' } as const;
const NO_TIME = { kind: 'no-time' } as const;
const UNREADABLE = { kind: 'unreadable' } as const;

function readObject(text: string, nowMs: number): LineResult {
  const read = readJson(text);
  if (read === undefined) return readTorn(text, nowMs);
  if (read === 'other') return FOREIGN;
  if (read.kind === 'daemon') return event(read.atMs, read.told);
  if (!OURS.test(read.program)) return FOREIGN;
  return ofMessage(withoutPriority(read.message), read.atMs, read.isTrouble, nowMs);
}

/** A message that a syslog daemon or the journal has stamped; it may be a line of the JSON log itself. */
function ofMessage(message: string, atMs: number, isTrouble: boolean, nowMs: number): LineResult {
  if (message.startsWith(TORN_START)) {
    const inner = readLine(message, nowMs);
    if (inner.kind === 'event') return inner;
  }
  return event(atMs, toldBy(message, isTrouble));
}

/** A line that a crash cut off has the next one behind it: quotes within a text are escaped, so this is a beginning. */
function readTorn(text: string, nowMs: number): LineResult {
  const at = text.lastIndexOf(TORN_START);
  if (at <= 0) return UNREADABLE;
  const read = readObject(text.slice(at), nowMs);
  return read.kind === 'event' ? { ...read, isTorn: true } : UNREADABLE;
}

/** A power cut leaves a run of zeros where lines were not yet on the disk. */
function readAfterHole(text: string, nowMs: number): LineResult {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what the hole is made of
  const rest = text.replace(/^\u0000+/, '');
  if (rest === '') return UNREADABLE;
  const read = readLine(rest, nowMs);
  return read.kind === 'event' ? { ...read, isTorn: true } : UNREADABLE;
}

/** Of another program, if it is a text at all. */
function readRest(text: string): LineResult {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no log has them
  return /[\u0000-\u0008\u000e-\u001a\ufffd]/.test(text) || text.startsWith('[') ? UNREADABLE : FOREIGN;
}

function event(atMs: number, told: Told): LineResult {
  if (Number.isNaN(atMs)) return UNREADABLE;
  if (atMs < OLDEST_MS) return { kind: 'clock-unset' };
  const isScanBan = told.kind === 'scan' && told.count !== undefined && told.endsMs === undefined;
  const endsMs = isScanBan ? { endsMs: atMs + (told.count ?? 0) * 1000 } : {};
  return { kind: 'event', event: { atMs, ...told, ...endsMs } };
}
