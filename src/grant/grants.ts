/**
 * The table of open doors: what a match means.
 *
 * A door with ports, or with a start and a stop command, gives a grant: it is opened once and closed when its time is up,
 * and matches in between make that later instead of opening twice. Opening and closing one grant never overlap: a match
 * while it is being closed opens anew after that.
 * A door with a start command alone runs it at each match and nothing is kept, as in knockd; a match on one without any
 * is only told. A closing door (`Close`) closes what its source has at other doors.
 *
 * A start command that ends with a failure or is killed at its time limit, and a firewall that fails, may have opened by
 * halves: the grant is closed at once. A command that could not be run at all has opened nothing: the grant is dropped.
 *
 * No timers: the caller asks `nextDueMs` and calls `expire`. Grants of commands do not depend on the configuration: each
 * keeps the stop command that it was opened with. Those of ports end with their door: `doorsChanged`.
 */

import type { Door } from '../config/config.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { prefixContains } from '../net/prefix.ts';
import { Actions, type Backends, errorOf, neverRan, type Report, type Subject } from './action.ts';
import type { ActionOutcome, PortOutcome, PortRequest } from './backend.ts';
import { Closer, isBeingClosed } from './closer.ts';
import type { CloseReason, MatchDecision, RefusalReason } from './decision.ts';
import {
  endOf,
  fitsDoor,
  type Grant,
  type GrantDoor,
  type GrantPhase,
  grantKey,
  hasEnd,
  isFor,
  newGrant,
  recordOf,
  restoredGrant,
  type TimedWish,
  type Wish,
  wishFor,
} from './grant.ts';
import type { GrantJournal } from './journal.ts';
import type { GrantRecord } from './journal-record.ts';
import { type Means, sameMeans } from './means.ts';
import type { Moment } from './moment.ts';

/** One a source and door: more than any host serves, and about 64 MB with long commands. */
export const MAX_GRANTS = 65_536;

/** Doors that are being opened; whoever knocks beyond that is refused at once instead of waiting minutes. */
export const MAX_STARTING = 1024;

/** Grants that are being closed at a time; the rest waits, in the order of their times. */
export const MAX_CLOSING = 64;

/** The end on the disk lags behind by less than this, so a source that matches all the time costs one record a second. */
export const JOURNAL_LAG_MS = 1000;

export interface GrantsOptions extends Backends {
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
  readonly means: Means['kind'];
  /** Wall clock; FOREVER_MS: no end. It may not be open yet. */
  readonly endsMs: number;
}

export interface OpenOptions {
  /** Undefined: as long as the door says. */
  readonly forMs?: number | undefined;
  /** No knock asked for it: whoever asks may let in whom he wants, and closes nothing by it. */
  readonly byHand?: boolean;
}

export class Grants {
  readonly #actions: Actions;
  readonly #journal: GrantJournal;
  readonly #report: Report;
  readonly #closer: Closer;
  readonly #maxGrants: number;
  readonly #maxStarting: number;
  readonly #table = new Map<string, Grant>();
  #starting = 0;
  #stopMode: 'close' | 'keep' | undefined;
  #idleWaiters: (() => void)[] = [];

  constructor(options: GrantsOptions) {
    const { journal, report, dueChanged, maxClosing = MAX_CLOSING } = options;
    this.#actions = new Actions(options, report);
    this.#journal = journal;
    this.#report = report;
    this.#maxGrants = options.maxGrants ?? MAX_GRANTS;
    this.#maxStarting = options.maxStarting ?? MAX_STARTING;
    this.#closer = new Closer({
      ...{ actions: this.#actions, journal, report, maxClosing },
      changed: () => {
        dueChanged();
        this.#tellIdle();
      },
      over: (grant, at) => this.#forget(grant, at),
    });
  }

  get size(): number {
    return this.#table.size;
  }

  list(): readonly GrantView[] {
    return this.newest(this.#table.size).newest;
  }

  /** At most `limit` of them, the last ones to be opened last, and how many there are. */
  newest(limit: number): { readonly count: number; readonly newest: readonly GrantView[] } {
    const { size } = this.#table;
    const newest: GrantView[] = [];
    let left = size;
    for (const { door, source, phase, means, endMs } of this.#table.values()) {
      if (left-- <= limit) newest.push({ door, source, phase, means: means.kind, endsMs: endMs });
    }
    return { count: size, newest };
  }

  /** What the firewall has to let in at this moment, for doors with ports. */
  portRequests(): readonly PortRequest[] {
    const open = [...this.#table.values()].filter(
      ({ means, phase }) => means.kind === 'ports' && phase !== 'closing',
    );
    return open.map(({ door, source, endMs }) => ({ door, source, endMs }));
  }

  /** Takes over what the last daemon left: overdue grants close at once, the others keep the time that is left. */
  restore(records: readonly GrantRecord[], now: Moment): void {
    for (const record of records) this.#restoreOne(restoredGrant(record, now), now);
    this.#closer.expire(now);
  }

  /** A match, or an opening by hand. Resolves, never rejects, with what it came to; every step is reported as well. */
  open(
    door: GrantDoor,
    source: IpAddress,
    now: Moment,
    { forMs, byHand = false }: OpenOptions = {},
  ): Promise<MatchDecision> {
    const wish = wishFor(door, source, forMs);
    if (this.#stopMode !== undefined) return this.#refuse(wish, 'daemon-stop', now);
    if (!byHand) {
      if (!isAllowed(door, source)) return this.#refuse(wish, 'not-allowed', now);
      for (const other of door.closes) this.#closeFor(other, wish.source, 'closing-door', now);
      this.#closer.expire(now);
    }
    return this.#grant(wish, now, door.closes.length > 0 && !byHand);
  }

  /**
   * Closes the door's grants: all of them, or those that let in `source` (canonical text of an address or prefix).
   * Gives their number.
   */
  close(door: string, source: string | undefined, now: Moment): number {
    const count = this.#closeFor(door, source, 'asked', now);
    this.#closer.expire(now);
    return count;
  }

  /** After a reload: grants of ports whose door is gone, or takes other prefixes now, are closed. */
  doorsChanged(doors: readonly GrantDoor[], now: Moment): void {
    const byName = new Map(doors.map((door) => [door.name, door]));
    for (const grant of [...this.#table.values()]) {
      if (grant.means.kind !== 'ports' || fitsDoor(grant, byName.get(grant.door))) continue;
      this.#closer.closeSoon(grant, 'door-gone', now);
    }
    this.#closer.expire(now);
  }

  /** When `expire` has something to do next, in monotonic milliseconds; undefined: not before something else happens. */
  nextDueMs(): number | undefined {
    return this.#closer.nextDueMs();
  }

  /** Begins to close every grant whose time is up. */
  expire(now: Moment): void {
    this.#closer.expire(now);
  }

  /**
   * Refuses every further match, waits for what is being opened and closed and, with `close`, closes every grant that has
   * an end. What is kept, or could not be closed, stays in the journal. Resolves when nothing is under way any more.
   */
  async stop(mode: 'close' | 'keep', now: Moment): Promise<void> {
    this.#stopMode = mode;
    this.#closer.makeLast();
    for (const grant of [...this.#table.values()]) {
      this.#dropNext(grant, now);
      if (mode === 'close' && hasEnd(grant)) this.#closer.closeSoon(grant, 'daemon-stop', now);
      else if (grant.phase !== 'opening' && !isBeingClosed(grant)) this.#keep(grant, now);
    }
    this.#closer.expire(now);
    await this.#idle();
  }

  #grant(wish: Wish, now: Moment, closesOthers: boolean): Promise<MatchDecision> {
    const { means } = wish;
    switch (means.kind) {
      case 'none': {
        const reason = closesOthers ? 'closing-door' : 'no-command';
        return this.#settle({ kind: 'opened', reason, ...about(wish, now) });
      }
      case 'loose':
        return this.#runLoose(wish, means.start, now);
      case 'commands':
      case 'ports': {
        const timed = { ...wish, means };
        const grant = this.#table.get(grantKey(wish));
        return grant === undefined ? this.#create(timed, now) : this.#openAgain(grant, timed, now);
      }
    }
  }

  #restoreOne(grant: Grant, now: Moment): void {
    const key = grantKey(grant);
    const earlier = this.#table.get(key);
    if (earlier !== undefined) this.#supersede(earlier, grant, now);
    this.#table.set(key, grant);
    this.#closer.closeAt(grant, grant.dueMs);
    if (grant.phase === 'open') {
      this.#report({ kind: 'restored', reason: 'journal', ...about(grant, now), endsMs: grant.endMs });
    }
  }

  /** Two grants of one source on one door: only a journal that lost a line has that. */
  #supersede(earlier: Grant, later: Grant, now: Moment): void {
    if (sameMeans(earlier.means, later.means)) {
      this.#closer.forget(earlier);
      this.#journal.closed(earlier.id);
    } else {
      this.#closer.closeSoon(earlier, 'overdue', now);
    }
  }

  /** The caller calls `expire` next. */
  #closeFor(door: string, source: string | undefined, reason: CloseReason, now: Moment): number {
    let count = 0;
    for (const grant of [...this.#table.values()]) {
      if (grant.door !== door || (source !== undefined && !isFor(grant, source))) continue;
      this.#closer.closeSoon(grant, reason, now);
      count++;
    }
    return count;
  }

  #create(wish: TimedWish, now: Moment): Promise<MatchDecision> {
    if (this.#table.size >= this.#maxGrants) return this.#refuse(wish, 'table-full', now);
    if (this.#starting >= this.#maxStarting) return this.#refuse(wish, 'queue-full', now);
    const grant = newGrant(wish, this.#journal.nextId(), now);
    this.#table.set(grantKey(grant), grant);
    return this.#start(grant, now);
  }

  #openAgain(grant: Grant, wish: TimedWish, now: Moment): Promise<MatchDecision> {
    if (grant.closeReason !== undefined) return this.#defer(grant, wish, grant.closeReason, now);
    if (grant.phase === 'opening') {
      return this.#settle({ kind: 'refreshed', reason: 'opening', ...about(wish, now) });
    }
    if (sameMeans(grant.means, wish.means)) return this.#refresh(grant, wish, now);
    const settled = this.#defer(grant, wish, 'replaced', now);
    this.#closer.closeSoon(grant, 'replaced', now);
    this.#closer.expire(now);
    return settled;
  }

  async #refresh(grant: Grant, wish: TimedWish, now: Moment): Promise<MatchDecision> {
    grant.timeoutMs = Math.max(wish.timeoutMs, grant.dueMs - now.monotonicMs);
    const isMoved = this.#openUntil(grant, now);
    if (isMoved && grant.means.kind === 'ports') {
      const outcome = await this.#renew(grant);
      if (outcome.kind !== 'ok') return this.#failed(grant, outcome);
    }
    return this.#settle({ kind: 'refreshed', reason: 'open', ...about(wish, now), endsMs: grant.endMs });
  }

  /** Should it fail, the firewall closes at the end that it knows. */
  async #renew(grant: Grant): Promise<PortOutcome> {
    this.#starting++;
    const outcome = await this.#actions.renew(grant);
    this.#starting--;
    this.#tellIdle();
    return outcome;
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

  async #start(grant: Grant, now: Moment): Promise<MatchDecision> {
    this.#starting++;
    const written = await this.#journal.opened(recordOf(grant));
    if (!written.ok) {
      this.#starting--;
      this.#forget(grant, now);
      this.#tellIdle();
      return this.#refuse(grant, 'journal-failed', now, written.error.message);
    }
    const outcome = await this.#actions.open(grant);
    this.#starting--;
    const decision = this.#afterStart(grant, outcome);
    this.#closer.expire(outcome.at);
    return decision;
  }

  #afterStart(grant: Grant, outcome: ActionOutcome): Promise<MatchDecision> {
    const { at } = outcome;
    if (neverRan(outcome)) {
      this.#journal.closed(grant.id);
      this.#forget(grant, at);
      return this.#refuse(grant, outcome.kind, at, errorOf(outcome).detail);
    }
    grant.phase = 'open';
    if (outcome.kind !== 'ok') {
      this.#closer.closeSoon(grant, 'start-failed', at);
      return this.#failed(grant, outcome);
    }
    // A start command may take long, and its door's time begins when it has ended; the firewall was told an end.
    if (grant.means.kind === 'commands') this.#openUntil(grant, at);
    else this.#closer.closeAt(grant, grant.dueMs);
    const settled = this.#settle({
      ...{ kind: 'opened', reason: 'grant', ...about(grant, at) },
      ...{ endsMs: grant.endMs, means: grant.means.kind },
    });
    if (grant.closeReason !== undefined) this.#closer.closeSoon(grant, grant.closeReason, at);
    else if (this.#stopMode !== undefined) this.#keep(grant, at);
    return settled;
  }

  /** Whether the journal was told, and the firewall has to be. */
  #openUntil(grant: Grant, now: Moment): boolean {
    grant.endMs = endOf(now, grant.timeoutMs);
    this.#closer.closeAt(grant, now.monotonicMs + grant.timeoutMs);
    if (Math.abs(grant.endMs - grant.journalledEndMs) < JOURNAL_LAG_MS) return false;
    grant.journalledEndMs = grant.endMs;
    this.#journal.refreshed(grant.id, grant.endMs);
    return true;
  }

  async #runLoose(wish: Wish, command: string, now: Moment): Promise<MatchDecision> {
    if (this.#starting >= this.#maxStarting) return this.#refuse(wish, 'queue-full', now);
    this.#starting++;
    const outcome = await this.#actions.command('start', wish, command);
    this.#starting--;
    this.#tellIdle();
    if (neverRan(outcome)) return this.#refuse(wish, outcome.kind, outcome.at, errorOf(outcome).detail);
    if (outcome.kind !== 'ok') return this.#failed(wish, outcome);
    return this.#settle({ kind: 'opened', reason: 'command', ...about(wish, outcome.at) });
  }

  #failed(
    subject: Subject,
    outcome: Extract<ActionOutcome, { kind: 'failed-status' | 'time-limit' | 'firewall-failed' }>,
  ): Promise<MatchDecision> {
    const { kind, at } = outcome;
    return this.#settle({ kind: 'failed', reason: kind, ...about(subject, at), ...errorOf(outcome) });
  }

  #keep(grant: Grant, now: Moment): void {
    this.#closer.keep(grant, hasEnd(grant) ? 'on-stop-keep' : 'forever', now);
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
    if (this.#starting > 0 || !this.#closer.isIdle) return;
    for (const waiter of this.#idleWaiters.splice(0)) waiter();
  }
}

function isAllowed({ allowFrom }: Pick<Door, 'allowFrom'>, source: IpAddress): boolean {
  return allowFrom.length === 0 || allowFrom.some((prefix) => prefixContains(prefix, source));
}

function about({ door, source }: Subject, now: Moment) {
  return { door, source, atMs: now.wallMs };
}
