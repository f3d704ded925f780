/**
 * The lines of the replay file. All have one length and a checksum, so that a line cut off by a crash is told from a
 * damaged one:
 *
 *     kind time fingerprint digest checksum        `p`: a packet; `f`: packets up to this time may have been forgotten
 */

import { digestText, digestTextLength } from './digest.ts';
import type { SeenPacket } from './seen-digests.ts';

/** The first line; another version has another one. */
export const REPLAY_HEADER = 'postern-replay 1\n';

export type ReplayRecord =
  | { readonly kind: 'packet'; readonly packet: SeenPacket }
  | { readonly kind: 'floor'; readonly timeS: number };

export type ParsedReplayLine =
  | ReplayRecord
  /** Shorter than a line. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'damaged' };

const CHECK_LENGTH = 8;
const NO_DIGEST = '-'.repeat(digestTextLength('sha256'));
const MAX_TIME_S = 9_999_999_999;
const LINE = /^([pf]) (\d{10}) ([0-9a-f]{8}) ([A-Za-z0-9+/-]{43}) ([A-Za-z0-9+/]{8})$/;

/** With the line break. */
export const REPLAY_LINE_BYTES = format('f', 0, 0, NO_DIGEST).length;

/** With the line break. */
export function formatReplayRecord(record: ReplayRecord): string {
  if (record.kind === 'floor') return format('f', record.timeS, 0, NO_DIGEST);
  const { timeS, fingerprint, digest } = record.packet;
  return format('p', timeS, fingerprint, digest);
}

/** `line` is without its line break. */
export function parseReplayLine(line: string): ParsedReplayLine {
  if (line.length < REPLAY_LINE_BYTES - 1) return { kind: 'cut' };
  const [, kind, time, fingerprint = '', digest = '', check] = LINE.exec(line) ?? [];
  if (kind === undefined || check !== checkOf(line.slice(0, -CHECK_LENGTH - 1))) return { kind: 'damaged' };
  const timeS = Number(time);
  if (kind === 'f') return { kind: 'floor', timeS };
  return { kind: 'packet', packet: { timeS, fingerprint: Number.parseInt(fingerprint, 16) | 0, digest } };
}

function format(kind: 'p' | 'f', timeS: number, fingerprint: number, digest: string): string {
  const time = String(Math.min(timeS, MAX_TIME_S)).padStart(10, '0');
  const text = `${kind} ${time} ${(fingerprint >>> 0).toString(16).padStart(8, '0')} ${digest}`;
  return `${text} ${checkOf(text)}\n`;
}

function checkOf(text: string): string {
  return digestText('sha256', text).slice(0, CHECK_LENGTH);
}
