/**
 * The table of open doors: what a match means.
 *
 * A door with a start and a stop command gives a grant: the start command runs once, the stop command `Cmd_Timeout`
 * after it ended, and matches in between make it later instead of opening twice. Start and stop of one grant never
 * overlap: a match while the stop command is due or running opens anew after it.
 * Without a stop command each match runs the start command and nothing is kept, as in knockd; without a start command
 * a match is only told.
 *
 * A start command that ends with a failure, or is killed at its time limit, may have opened by halves: the stop command
 * runs at once. One that could not be run at all has opened nothing, and the grant is dropped.
 * A stop command that ran has closed, whatever its status; one that could not be run is tried again until it is.
 *
 * No timers: the caller asks `nextDueMs` and calls `expire`. Open grants do not depend on the configuration, so a
 * reload need not tell this table anything: each keeps the stop command that it was opened with.
 */

import type { IpAddress } from '../net/ip-address.ts';
import { neverRan, type Report, runAction, type Subject } from './action.ts';
import type { ActionOutcome, Backend } from './backend.ts';
import type { CloseReason, MatchDecision, RefusalReason } from './decision.ts';
import { DueHeap } from './due-heap.ts';
import {
  endOf,
  type Grant,
  type GrantDoor,
  type GrantPhase,
  grantKey,
  newGrant,
  recordOf,
  restoredGrant,
  type TimedWish,
  type Wish,
  wishFor,
} from './grant.ts';
import type { GrantJournal } from './journal.ts';
import type { GrantRecord } from './journal-record.ts';
import type { Moment } from './moment.ts';

/** One a source and door: more than any host serves, and about 64 MB with long commands. */
export const MAX_GRANTS = 65_536;

/** Start commands that wait or run; whoever knocks beyond that is refused at once instead of waiting minutes. */
export const MAX_STARTING = 1024;

/** Stop commands handed to the backend at a time; the rest waits here, in the order of their times. */
export const MAX_CLOSING = 64;

/** The end on the disk lags behind by less than this, so a source that matches all the time costs one record a second. */
export const JOURNAL_LAG_MS = 1000;

/** A stop command that could not be run (no memory, no process) is tried after 1 s, then 2, 4, … up to a minute. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

export interface GrantsOptions {
  readonly backend: Backend;
  readonly journal: GrantJournal;
  readonly report: Report;
  /** `nextDueMs` may have changed. */
  readonly dueChanged: () => void;
  readonly maxGrants?: number;
  readonly maxStarting?: number;
  readonly maxClosing?: number;
}

export interface GrantView {
  readonly door: string;
  readonly source: string;
  readonly phase: GrantPhase;
  /** Wall clock; the start command may still be running. */
  readonly endsMs: number;
}

export class Grants {
  readonly #backend: Backend;
  readonly #journal: GrantJournal;
  readonly #report: Report;
  readonly #dueChanged: () => void;
  readonly #maxGrants: number;
  readonly #maxStarting: number;
  readonly #maxClosing: number;
  readonly #table = new Map<string, Grant>();
  /** Grants that are open, or wait for a place to run their stop command. */
  readonly #due = new DueHeap<Grant>();
  #starting = 0;
  #closing = 0;
  #stopMode: 'close' | 'keep' | undefined;
  #idleWaiters: (() => void)[] = [];

  constructor(options: GrantsOptions) {
    this.#backend = options.backend;
    this.#journal = options.journal;
    this.#report = options.report;
    this.#dueChanged = options.dueChanged;
    this.#maxGrants = options.maxGrants ?? MAX_GRANTS;
    this.#maxStarting = options.maxStarting ?? MAX_STARTING;
    this.#maxClosing = options.maxClosing ?? MAX_CLOSING;
  }

  get size(): number {
    return this.#table.size;
  }

  list(): readonly GrantView[] {
    return Array.from(this.#table.values(), ({ door, source, phase, endMs }) => ({
      door,
      source,
      phase,
      endsMs: endMs,
    }));
  }

  /** Takes over what the last daemon left: overdue grants close at once, the others keep the time that is left. */
  restore(records: readonly GrantRecord[], now: Moment): void {
    for (const record of records) this.#restoreOne(restoredGrant(record, now), now);
    this.expire(now);
  }

  /** A match. Resolves, never rejects, with what it came to; every step is reported as well. */
  open(door: GrantDoor, source: IpAddress, now: Moment): Promise<MatchDecision> {
    const wish = wishFor(door, source);
    if (this.#stopMode !== undefined) return this.#refuse(wish, 'daemon-stop', now);
    if (wish.start === undefined)
      return this.#settle({ kind: 'opened', reason: 'no-command', ...about(wish, now) });
    if (!isTimed(wish)) return this.#runLoose(wish, wish.start, now);
    const grant = this.#table.get(grantKey(wish));
    return grant === undefined ? this.#create(wish, now) : this.#openAgain(grant, wish, now);
  }

  /** Closes the door's grants, of one source (canonical text) or of all. Gives their number. */
  close(door: string, source: string | undefined, now: Moment): number {
    let count = 0;
    for (const grant of [...this.#table.values()]) {
      if (grant.door !== door || (source ?? grant.source) !== grant.source) continue;
      this.#closeSoon(grant, 'asked', now);
      count++;
    }
    this.expire(now);
    return count;
  }

  /** When `expire` has something to do next, in monotonic milliseconds; undefined: not before something else happens. */
  nextDueMs(): number | undefined {
    return this.#closing < this.#maxClosing ? this.#due.first()?.dueMs : undefined;
  }

  /** Begins to close every grant whose time is up. */
  expire(now: Moment): void {
    while (this.#closing < this.#maxClosing) {
      const grant = this.#due.first();
      if (grant === undefined || grant.dueMs > now.monotonicMs) break;
      this.#due.remove(grant);
      void this.#runStop(grant, now);
    }
    this.#dueChanged();
  }

  /**
   * Refuses every further match, waits for the commands that run and, with `close`, closes every grant. What is kept,
   * or could not be closed, stays in the journal. Resolves when no command runs any more.
   */
  async stop(mode: 'close' | 'keep', now: Moment): Promise<void> {
    this.#stopMode = mode;
    for (const grant of [...this.#table.values()]) {
      this.#dropNext(grant, now);
      if (mode === 'close') this.#closeSoon(grant, 'daemon-stop', now);
      else if (grant.phase !== 'opening') this.#keep(grant, 'on-stop-keep', now);
    }
    this.expire(now);
    await this.#idle();
  }

  #restoreOne(grant: Grant, now: Moment): void {
    const key = grantKey(grant);
    const earlier = this.#table.get(key);
    if (earlier !== undefined) this.#supersede(earlier, grant, now);
    this.#table.set(key, grant);
    this.#due.place(grant, grant.dueMs);
    if (grant.phase === 'open') {
      this.#report({ kind: 'restored', reason: 'journal', ...about(grant, now), endsMs: grant.endMs });
    }
  }

  /** Two grants of one source on one door: only a journal that lost a line has that. */
  #supersede(earlier: Grant, later: Grant, now: Moment): void {
    if (earlier.stop !== later.stop) {
      this.#closeSoon(earlier, 'overdue', now);
    } else {
      this.#due.remove(earlier);
      this.#journal.closed(earlier.id);
    }
  }

  #create(wish: TimedWish, now: Moment): Promise<MatchDecision> {
    if (this.#table.size >= this.#maxGrants) return this.#refuse(wish, 'table-full', now);
    if (this.#starting >= this.#maxStarting) return this.#refuse(wish, 'queue-full', now);
    const grant = newGrant(wish, this.#journal.nextId(), now);
    this.#table.set(grantKey(grant), grant);
    return this.#runStart(grant, now);
  }

  #openAgain(grant: Grant, wish: TimedWish, now: Moment): Promise<MatchDecision> {
    if (grant.closeReason !== undefined) return this.#defer(grant, wish, grant.closeReason, now);
    if (grant.phase === 'opening') {
      return this.#settle({ kind: 'refreshed', reason: 'opening', ...about(wish, now) });
    }
    if (grant.start === wish.start && grant.stop === wish.stop) return this.#refresh(grant, wish, now);
    const settled = this.#defer(grant, wish, 'replaced', now);
    this.#closeSoon(grant, 'replaced', now);
    this.expire(now);
    return settled;
  }

  #refresh(grant: Grant, wish: TimedWish, now: Moment): Promise<MatchDecision> {
    grant.timeoutMs = Math.max(wish.timeoutMs, grant.dueMs - now.monotonicMs);
    this.#openUntil(grant, now);
    return this.#settle({ kind: 'refreshed', reason: 'open', ...about(wish, now), endsMs: grant.endMs });
  }

  /** A later wish takes the place of an earlier one that still waits; both get the same answer. */
  #defer(grant: Grant, wish: TimedWish, reason: CloseReason, now: Moment): Promise<MatchDecision> {
    this.#report({ kind: 'deferred', reason, ...about(wish, now) });
    if (grant.next === undefined) {
      let settle: (decision: MatchDecision) => void = () => undefined;
      const settled = new Promise<MatchDecision>((resolve) => {
        settle = resolve;
      });
      grant.next = { wish, settled, settle };
    }
    grant.next.wish = wish;
    return grant.next.settled;
  }

  async #runStart(grant: Grant, now: Moment): Promise<MatchDecision> {
    this.#starting++;
    const written = await this.#journal.opened(recordOf(grant));
    if (!written.ok) {
      this.#starting--;
      this.#forget(grant, now);
      return this.#refuse(grant, 'journal-failed', now, written.error.message);
    }
    const outcome = await runAction(this.#backend, this.#report, 'start', grant, grant.start);
    this.#starting--;
    const decision = this.#afterStart(grant, outcome);
    this.expire(outcome.at);
    this.#tellIdle();
    return decision;
  }

  #afterStart(grant: Grant, outcome: ActionOutcome): Promise<MatchDecision> {
    const { at } = outcome;
    if (neverRan(outcome)) {
      this.#journal.closed(grant.id);
      this.#forget(grant, at);
      return this.#refuseUnrun(grant, outcome);
    }
    grant.phase = 'open';
    if (outcome.kind !== 'ok') {
      this.#closeSoon(grant, 'start-failed', at);
      return this.#settle({ kind: 'failed', reason: outcome.kind, ...about(grant, at) });
    }
    this.#openUntil(grant, at);
    const settled = this.#settle({
      kind: 'opened',
      reason: 'grant',
      ...about(grant, at),
      endsMs: grant.endMs,
    });
    if (grant.closeReason !== undefined) this.#closeSoon(grant, grant.closeReason, at);
    else if (this.#stopMode === 'keep') this.#keep(grant, 'on-stop-keep', at);
    return settled;
  }

  #openUntil(grant: Grant, now: Moment): void {
    grant.endMs = endOf(now, grant.timeoutMs);
    this.#due.place(grant, now.monotonicMs + grant.timeoutMs);
    this.#dueChanged();
    if (Math.abs(grant.endMs - grant.journalledEndMs) < JOURNAL_LAG_MS) return;
    grant.journalledEndMs = grant.endMs;
    this.#journal.refreshed(grant.id, grant.endMs);
  }

  async #runLoose(wish: Wish, command: string, now: Moment): Promise<MatchDecision> {
    if (this.#starting >= this.#maxStarting) return this.#refuse(wish, 'queue-full', now);
    this.#starting++;
    const outcome = await runAction(this.#backend, this.#report, 'start', wish, command);
    this.#starting--;
    this.#tellIdle();
    if (neverRan(outcome)) return this.#refuseUnrun(wish, outcome);
    if (outcome.kind === 'ok') {
      return this.#settle({ kind: 'opened', reason: 'command', ...about(wish, outcome.at) });
    }
    return this.#settle({ kind: 'failed', reason: outcome.kind, ...about(wish, outcome.at) });
  }

  /** The caller calls `expire` next. A grant that is opening closes after its start command. */
  #closeSoon(grant: Grant, reason: CloseReason, now: Moment): void {
    grant.closeReason ??= reason;
    if (grant.phase === 'opening' || (grant.phase === 'closing' && grant.heapIndex < 0)) return;
    grant.phase = 'closing';
    this.#due.place(grant, now.monotonicMs);
  }

  async #runStop(grant: Grant, now: Moment): Promise<void> {
    grant.phase = 'closing';
    grant.closeReason ??= 'timeout';
    this.#closing++;
    if (grant.retries === 0)
      this.#report({ kind: 'closing', reason: grant.closeReason, ...about(grant, now) });
    const outcome = await runAction(this.#backend, this.#report, 'stop', grant, grant.stop);
    this.#closing--;
    if (neverRan(outcome)) this.#closeLater(grant, grant.closeReason, outcome.at);
    else this.#closed(grant, grant.closeReason, outcome.at);
    this.expire(outcome.at);
    this.#tellIdle();
  }

  #closed(grant: Grant, reason: CloseReason, at: Moment): void {
    this.#journal.closed(grant.id);
    this.#report({ kind: 'closed', reason, ...about(grant, at) });
    this.#forget(grant, at);
  }

  #closeLater(grant: Grant, reason: CloseReason, at: Moment): void {
    if (this.#stopMode !== undefined) {
      this.#keep(grant, 'could-not-start', at);
      return;
    }
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** grant.retries, LAST_RETRY_MS);
    grant.retries++;
    this.#due.place(grant, at.monotonicMs + waitMs);
    this.#report({ kind: 'close-delayed', reason, ...about(grant, at), retryMs: at.wallMs + waitMs });
  }

  /** Takes the grant from the table but not from the journal. */
  #keep(grant: Grant, reason: 'on-stop-keep' | 'could-not-start', now: Moment): void {
    if (grant.phase === 'closing' && grant.heapIndex < 0 && reason === 'on-stop-keep') return;
    this.#due.remove(grant);
    this.#report({ kind: 'kept', reason, ...about(grant, now), endsMs: grant.endMs });
    this.#forget(grant, now);
  }

  /** Takes the grant from the table; the wish that waited for it has its turn. */
  #forget(grant: Grant, now: Moment): void {
    const key = grantKey(grant);
    if (this.#table.get(key) === grant) this.#table.delete(key);
    const { next } = grant;
    grant.next = undefined;
    if (next !== undefined) void this.#create(next.wish, now).then(next.settle);
  }

  #dropNext(grant: Grant, now: Moment): void {
    const { next } = grant;
    grant.next = undefined;
    if (next !== undefined) void this.#refuse(next.wish, 'daemon-stop', now).then(next.settle);
  }

  #refuseUnrun(
    subject: Subject,
    outcome: Extract<ActionOutcome, { kind: 'could-not-start' | 'queue-full' }>,
  ): Promise<MatchDecision> {
    const detail = outcome.kind === 'could-not-start' ? outcome.error : undefined;
    return this.#refuse(subject, outcome.kind, outcome.at, detail);
  }

  #refuse(subject: Subject, reason: RefusalReason, now: Moment, detail?: string): Promise<MatchDecision> {
    const refused = { kind: 'refused', reason, ...about(subject, now) } as const;
    return this.#settle(detail === undefined ? refused : { ...refused, detail });
  }

  #settle(decision: MatchDecision): Promise<MatchDecision> {
    this.#report(decision);
    return Promise.resolve(decision);
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#tellIdle();
    });
  }

  #tellIdle(): void {
    if (this.#starting > 0 || this.#closing > 0 || this.#due.size > 0) return;
    for (const waiter of this.#idleWaiters.splice(0)) waiter();
  }
}

function isTimed(wish: Wish): wish is TimedWish {
  return wish.start !== undefined && wish.stop !== undefined;
}

function about({ door, source }: Subject, now: Moment) {
  return { door, source, atMs: now.wallMs };
}
