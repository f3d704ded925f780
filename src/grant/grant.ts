/** One grant: a source may use a door until its end. Data, and the few sums on it. */

import type { Door } from '../config/config.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import { commandsFor } from './command-text.ts';
import type { CloseReason, MatchDecision } from './decision.ts';
import type { Due } from './due-heap.ts';
import type { GrantRecord } from './journal-record.ts';
import type { Moment } from './moment.ts';

/** What of a door matters once its sequence was complete. */
export type GrantDoor = Pick<Door, 'name' | 'ipv4' | 'ipv6' | 'cmdTimeoutMs'>;

/** What a match asks for: the door's commands for the source's family, the address in place. */
export interface Wish {
  readonly door: string;
  readonly source: string;
  readonly start: string | undefined;
  readonly stop: string | undefined;
  readonly timeoutMs: number;
}

/** A wish that waits until the grant before it is closed. */
export interface NextWish {
  wish: TimedWish;
  readonly settled: Promise<MatchDecision>;
  readonly settle: (decision: MatchDecision) => void;
}

export interface TimedWish extends Wish {
  readonly start: string;
  readonly stop: string;
}

/**
 * `opening`: being journalled, or its start command waits or runs. `open`: until `dueMs`. `closing`: its stop command
 * waits or runs.
 */
export type GrantPhase = 'opening' | 'open' | 'closing';

export interface Grant extends Due {
  readonly id: number;
  readonly door: string;
  readonly source: string;
  readonly start: string;
  readonly stop: string;
  phase: GrantPhase;
  timeoutMs: number;
  /** Wall clock. */
  endMs: number;
  /** The end that the journal was last told. */
  journalledEndMs: number;
  /** Set while opening: close as soon as the start command has ended. Set while closing: why. */
  closeReason: CloseReason | undefined;
  /** Stop commands that could not be run so far. */
  retries: number;
  next: NextWish | undefined;
}

export function wishFor(door: GrantDoor, source: IpAddress): Wish {
  const commands = commandsFor(door, source);
  return { door: door.name, source: formatIpAddress(source), ...commands, timeoutMs: door.cmdTimeoutMs };
}

export function newGrant(wish: TimedWish, id: number, now: Moment): Grant {
  const endMs = endOf(now, wish.timeoutMs);
  return blankGrant({ ...wish, id, endMs }, 'opening');
}

/**
 * The grant of a journal: overdue, or open for what is left. The wall clock may have been set meanwhile, so the time
 * left is never more than the door's `Cmd_Timeout`.
 */
export function restoredGrant(record: GrantRecord, now: Moment): Grant {
  const leftMs = Math.min(record.endMs - now.wallMs, record.timeoutMs);
  const grant = blankGrant(record, leftMs > 0 ? 'open' : 'closing');
  if (leftMs <= 0) grant.closeReason = 'overdue';
  grant.endMs = now.wallMs + leftMs;
  grant.dueMs = now.monotonicMs + Math.max(leftMs, 0);
  return grant;
}

export function recordOf(grant: Grant): GrantRecord {
  const { id, door, source, start, stop, endMs, timeoutMs } = grant;
  return { id, door, source, start, stop, endMs, timeoutMs };
}

/** An address holds no space, so no two pairs share a key. */
export function grantKey({ door, source }: { readonly door: string; readonly source: string }): string {
  return `${source} ${door}`;
}

/** Wall clock; a whole number, as the journal wants it. */
export function endOf(now: Moment, timeoutMs: number): number {
  return Math.min(Math.round(now.wallMs + timeoutMs), Number.MAX_SAFE_INTEGER);
}

function blankGrant(record: GrantRecord, phase: GrantPhase): Grant {
  const { id, door, source, start, stop, endMs, timeoutMs } = record;
  const fixed = { id, door, source, start, stop, endMs, timeoutMs, phase, journalledEndMs: endMs };
  return { ...fixed, closeReason: undefined, retries: 0, next: undefined, dueMs: 0, heapIndex: -1 };
}
