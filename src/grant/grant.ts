/** One grant: a source may use a door until its end. Data, and the few sums on it. */

import { FOREVER_MS } from '../base/duration.ts';
import type { Door } from '../config/config.ts';
import type { IpAddress } from '../net/ip-address.ts';
import {
  formatPrefix,
  hostLength,
  isIpv4Address,
  parsePrefix,
  prefixContains,
  prefixOf,
} from '../net/prefix.ts';
import type { PortRequest } from './backend.ts';
import type { CloseReason, MatchDecision } from './decision.ts';
import type { Due } from './due-heap.ts';
import type { GrantRecord } from './journal-record.ts';
import { type AnyMeans, type Means, meansOf } from './means.ts';
import type { Moment } from './moment.ts';

/** What of a door matters once its sequence was complete. */
export type GrantDoor = Pick<
  Door,
  'name' | 'ipv4' | 'ipv6' | 'cmdTimeoutMs' | 'opening' | 'closes' | 'allowFrom'
>;

/** What a match asks for. */
export interface Wish {
  readonly door: string;
  readonly source: string;
  readonly means: AnyMeans;
  readonly timeoutMs: number;
}

/** A wish for what will be taken back. */
export interface TimedWish extends Wish {
  readonly means: Means;
}

/** A wish that waits until the grant before it is closed. */
export interface NextWish {
  wish: TimedWish;
  readonly settled: Promise<MatchDecision>;
  readonly settle: (decision: MatchDecision) => void;
}

/**
 * `opening`: being journalled, or being opened. `open`: until `dueMs`. `closing`: its stop command waits or runs, or the
 * firewall is closing it.
 */
export type GrantPhase = 'opening' | 'open' | 'closing';

export interface Grant extends Due {
  readonly id: number;
  readonly door: string;
  readonly source: string;
  readonly means: Means;
  phase: GrantPhase;
  timeoutMs: number;
  /** Wall clock. */
  endMs: number;
  /** The end that the journal and the firewall were last told. */
  journalledEndMs: number;
  /** Set while opening: close as soon as it is open. Set while closing: why. */
  closeReason: CloseReason | undefined;
  /** How often it could not be closed so far. */
  retries: number;
  next: NextWish | undefined;
}

/** @param forMs instead of what the door says */
export function wishFor(door: GrantDoor, source: IpAddress, forMs?: number): Wish {
  const means = meansOf(door, source);
  const timeoutMs = forMs ?? door.opening?.forMs ?? door.cmdTimeoutMs;
  return { door: door.name, source: sourceText(door, source), means, timeoutMs };
}

export function newGrant(wish: TimedWish, id: number, now: Moment): Grant {
  const endMs = endOf(now, wish.timeoutMs);
  const grant = blankGrant({ ...wish, id, endMs }, 'opening');
  grant.dueMs = now.monotonicMs + wish.timeoutMs;
  return grant;
}

/**
 * The grant of a journal: overdue, or open for what is left. The wall clock may have been set meanwhile, so the time
 * left is never more than what the door gave.
 */
export function restoredGrant(record: GrantRecord, now: Moment): Grant {
  const leftMs = timeLeft(record, now);
  const grant = blankGrant(record, leftMs > 0 ? 'open' : 'closing');
  if (leftMs <= 0) grant.closeReason = 'overdue';
  grant.endMs = endOf(now, leftMs);
  grant.dueMs = now.monotonicMs + Math.max(leftMs, 0);
  return grant;
}

/** Of what a journal holds, that which the firewall still has to let in. */
export function stillOpen(
  records: readonly GrantRecord[],
  doors: readonly GrantDoor[],
  now: Moment,
): readonly PortRequest[] {
  const byName = new Map(doors.map((door) => [door.name, door]));
  return records.flatMap((record) => {
    const { door, source, means } = record;
    const leftMs = timeLeft(record, now);
    const isOpen = means.kind === 'ports' && leftMs > 0 && fitsDoor(record, byName.get(door));
    return isOpen ? [{ door, source, endMs: endOf(now, leftMs) }] : [];
  });
}

/** Milliseconds; 0 or less when it is over; FOREVER_MS for what has no end. */
export function timeLeft({ endMs, timeoutMs }: GrantRecord, now: Moment): number {
  return endMs === FOREVER_MS ? FOREVER_MS : Math.min(endMs - now.wallMs, timeoutMs);
}

export function hasEnd({ endMs }: Pick<Grant, 'endMs'>): boolean {
  return endMs !== FOREVER_MS;
}

export function recordOf(grant: Grant): GrantRecord {
  const { id, door, source, means, endMs, timeoutMs } = grant;
  return { id, door, source, means, endMs, timeoutMs };
}

/** An address or prefix holds no space, so no two pairs share a key. */
export function grantKey({ door, source }: { readonly door: string; readonly source: string }): string {
  return `${source} ${door}`;
}

/** Wall clock; a whole number, as the journal wants it. */
export function endOf(now: Moment, timeoutMs: number): number {
  return Math.min(Math.round(now.wallMs + timeoutMs), FOREVER_MS);
}

/** Whether what is open for `grant` is open for all of `asked`, an address or prefix. */
export function isFor({ source }: Pick<Grant, 'source'>, asked: string): boolean {
  if (source === asked) return true;
  const [granted, wanted] = [parsePrefix(source), parsePrefix(asked)];
  if (granted === undefined || wanted === undefined) return false;
  return granted.length <= wanted.length && prefixContains(granted, wanted.address);
}

/** Whether the firewall's door of today has a place for this grant: its IPv6 grants all have one length. */
export function fitsDoor({ source }: Pick<Grant, 'source'>, door: GrantDoor | undefined): boolean {
  const prefix = parsePrefix(source);
  if (door?.opening === undefined || prefix === undefined) return false;
  return isIpv4Address(prefix.address)
    ? prefix.length === hostLength(prefix.address)
    : prefix.length === door.opening.ipv6PrefixLength;
}

function sourceText({ opening }: GrantDoor, source: IpAddress): string {
  const wholePrefix = opening !== undefined && !isIpv4Address(source);
  return formatPrefix(wholePrefix ? prefixOf(source, opening.ipv6PrefixLength) : prefixOf(source));
}

function blankGrant(record: GrantRecord, phase: GrantPhase): Grant {
  const { id, door, source, means, endMs, timeoutMs } = record;
  const fixed = { id, door, source, means, endMs, timeoutMs, phase, journalledEndMs: endMs };
  return { ...fixed, closeReason: undefined, retries: 0, next: undefined, dueMs: 0, heapIndex: -1 };
}
