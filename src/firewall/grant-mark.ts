/**
 * The comment by which a rule is known as Postern's: `postern:DOOR:EXPIRY`, with the end in seconds since 1970 or
 * `forever`.
 *
 * Names of doors may be any text of up to 128 bytes, comments have at most 255 bytes and pass through formats with
 * quotes of their own. So a name is percent-encoded, and where that gets too long it is base64url behind a `=`.
 */

import { FOREVER_MS } from '../base/duration.ts';

export interface GrantMark {
  readonly door: string;
  /** Wall clock, whole seconds; FOREVER_MS: no end. */
  readonly endMs: number;
}

const PREFIX = 'postern:';

/** 255, without the prefix, a colon and the digits of any moment in seconds; base64 of 128 bytes has 172. */
const MAX_ENCODED_NAME = 230;

/** The end is rounded up: a rule never says less than was granted. */
export function formatGrantMark({ door, endMs }: GrantMark): string {
  const end = endMs === FOREVER_MS ? 'forever' : String(Math.ceil(endMs / 1000));
  return `${PREFIX}${encodeName(door)}:${end}`;
}

/** Undefined for every comment that is not exactly what `formatGrantMark` writes. */
export function parseGrantMark(comment: string): GrantMark | undefined {
  const [, name = '', end = ''] = /^postern:([^:]+):(forever|\d{1,14})$/.exec(comment) ?? [];
  const door = decodeName(name);
  if (door === undefined) return undefined;
  const mark = { door, endMs: end === 'forever' ? FOREVER_MS : Number(end) * 1000 };
  return formatGrantMark(mark) === comment ? mark : undefined;
}

function encodeName(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  const percent = [...bytes].map(encodeByte).join('');
  return percent.length <= MAX_ENCODED_NAME ? percent : `=${bytes.toString('base64url')}`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._-]/.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function decodeName(encoded: string): string | undefined {
  if (encoded.startsWith('=')) return Buffer.from(encoded.slice(1), 'base64url').toString('utf8');
  try {
    return encoded === '' ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined; // not UTF-8
  }
}
