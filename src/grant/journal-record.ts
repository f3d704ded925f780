/**
 * The lines of the journal: one JSON object each, every one with the version `v`, so that each line can be judged
 * alone. A line that was cut anywhere is no JSON object any more, which is how a torn write is recognised.
 */

import type { Means } from './means.ts';

export const JOURNAL_VERSION = 1;

/** A grant as the disk knows it. */
export interface GrantRecord {
  readonly id: number;
  readonly door: string;
  /** An address or prefix. */
  readonly source: string;
  readonly means: Means;
  /** Wall clock, milliseconds since 1970-01-01 UTC; FOREVER_MS: no end. */
  readonly endMs: number;
  /** What the door gave: no clock step can make the grant last longer than this after a restart. */
  readonly timeoutMs: number;
}

export type JournalRecord =
  | { readonly kind: 'open'; readonly grant: GrantRecord }
  | { readonly kind: 'refresh'; readonly id: number; readonly endMs: number }
  | { readonly kind: 'close'; readonly id: number };

export type ParsedLine =
  | JournalRecord
  | { readonly kind: 'unknown-version'; readonly version: number }
  | { readonly kind: 'corrupt' };

/** With the line break. */
export function formatRecord(record: JournalRecord): string {
  if (record.kind !== 'open') return `${JSON.stringify({ v: JOURNAL_VERSION, ...record })}\n`;
  const { means, ...rest } = record.grant;
  const how = means.kind === 'ports' ? { ports: true } : { start: means.start, stop: means.stop };
  return `${JSON.stringify({ v: JOURNAL_VERSION, kind: 'open', ...rest, ...how })}\n`;
}

export function parseRecord(line: string): ParsedLine {
  const fields = parseObject(line);
  if (fields === undefined) return { kind: 'corrupt' };
  const { v: version } = fields;
  if (typeof version !== 'number') return { kind: 'corrupt' };
  if (version !== JOURNAL_VERSION) return { kind: 'unknown-version', version };
  return fromFields(fields) ?? { kind: 'corrupt' };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function fromFields(fields: Readonly<Record<string, unknown>>): JournalRecord | undefined {
  const { kind, id, door, source, endMs, timeoutMs } = fields;
  if (!isCount(id)) return undefined;
  if (kind === 'close') return { kind, id };
  if (!isCount(endMs)) return undefined;
  if (kind === 'refresh') return { kind, id, endMs };
  if (kind !== 'open' || !isCount(timeoutMs)) return undefined;
  if (typeof door !== 'string' || typeof source !== 'string') return undefined;
  const means = meansFrom(fields);
  return means === undefined ? undefined : { kind, grant: { id, door, source, means, endMs, timeoutMs } };
}

function meansFrom({ ports, start, stop }: Readonly<Record<string, unknown>>): Means | undefined {
  if (ports === true) return { kind: 'ports' };
  if (typeof start !== 'string' || typeof stop !== 'string') return undefined;
  return { kind: 'commands', start, stop };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
