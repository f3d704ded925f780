/** Bans by hand as text: one JSON object, a ban a line. Pure; takes any text. */

import { FOREVER_MS } from '../base/duration.ts';
import { type HandBan, MAX_HAND_BANS } from '../knock/hand-bans.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';

const VERSION = 1;

export interface ParsedBans {
  /** Those that can be read. */
  readonly bans: readonly HandBan[];
  /** What is wrong with the rest, for people. */
  readonly fault: string | undefined;
}

export function formatBans(bans: readonly HandBan[]): string {
  const lines = bans.map(({ prefix, endMs }) =>
    JSON.stringify({ prefix: formatPrefix(prefix), endMs: endMs === FOREVER_MS ? null : endMs }),
  );
  return `{"v":${VERSION},"bans":[\n${lines.join(',\n')}\n]}\n`;
}

export function parseBans(text: string): ParsedBans {
  const { v, bans: written } = parseJson(text);
  if (v !== VERSION) {
    const isOther = typeof v === 'number';
    return { bans: [], fault: isOther ? 'it is of another version of Postern' : 'it is damaged' };
  }
  const list: readonly unknown[] = Array.isArray(written) ? written : [undefined];
  const bans = list
    .slice(0, MAX_HAND_BANS)
    .map(banOf)
    .filter((ban) => ban !== undefined);
  const bad = list.length - bans.length;
  return { bans, fault: bad === 0 ? undefined : `${bad} of its bans cannot be read and are skipped` };
}

interface Written {
  readonly v?: unknown;
  readonly bans?: unknown;
}

function parseJson(text: string): Written {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function banOf(value: unknown): HandBan | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { prefix: text, endMs } = value as { readonly prefix?: unknown; readonly endMs?: unknown };
  const prefix = typeof text === 'string' ? parsePrefix(text) : undefined;
  const end = endMs === null ? FOREVER_MS : endMs;
  if (prefix === undefined || typeof end !== 'number' || !Number.isSafeInteger(end) || end < 0)
    return undefined;
  return { prefix, endMs: end };
}
