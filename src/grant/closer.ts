/**
 * The closing side of the table of grants: what is due when, and closing it, a bounded number at a time.
 *
 * A stop command that ran has closed, whatever its status; one that could not be run, or a firewall that failed, is tried
 * again until it is closed.
 */

import { type Actions, errorOf, mayBeOpen, type Report } from './action.ts';
import type { CloseReason } from './decision.ts';
import { DueHeap } from './due-heap.ts';
import type { Grant } from './grant.ts';
import type { GrantJournal } from './journal.ts';
import type { Moment } from './moment.ts';

/** What could not be closed is tried after 1 s, then 2, 4, … up to a minute. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

export interface CloserOptions {
  readonly actions: Actions;
  readonly journal: GrantJournal;
  readonly report: Report;
  readonly maxClosing: number;
  /** `nextDueMs` may have changed, or `isIdle`. */
  readonly changed: () => void;
  /** The grant is over: closed, or left to the next start. */
  readonly over: (grant: Grant, at: Moment) => void;
}

export class Closer {
  readonly #options: CloserOptions;
  /** Grants that are open, or wait for a place to be closed. */
  readonly #due = new DueHeap<Grant>();
  #closing = 0;
  #isLast = false;

  constructor(options: CloserOptions) {
    this.#options = options;
  }

  /** Nothing is open, waits or is being closed. */
  get isIdle(): boolean {
    return this.#closing === 0 && this.#due.size === 0;
  }

  /** From now on what cannot be closed is left to the next start. */
  makeLast(): void {
    this.#isLast = true;
  }

  /** @param dueMs monotonic */
  closeAt(grant: Grant, dueMs: number): void {
    this.#due.place(grant, dueMs);
    this.#options.changed();
  }

  /** It is not closed at its time. */
  forget(grant: Grant): void {
    this.#due.remove(grant);
  }

  /** The caller calls `expire` next. What is being opened closes once it is open. */
  closeSoon(grant: Grant, reason: CloseReason, now: Moment): void {
    grant.closeReason ??= reason;
    if (grant.phase === 'opening' || isBeingClosed(grant)) return;
    grant.phase = 'closing';
    this.#due.place(grant, now.monotonicMs);
  }

  /** Monotonic; undefined: nothing before something else happens. */
  nextDueMs(): number | undefined {
    return this.#closing < this.#options.maxClosing ? this.#due.first()?.dueMs : undefined;
  }

  /** Begins to close every grant whose time is up. */
  expire(now: Moment): void {
    while (this.#closing < this.#options.maxClosing) {
      const grant = this.#due.first();
      if (grant === undefined || grant.dueMs > now.monotonicMs) break;
      this.#due.remove(grant);
      void this.#close(grant, now);
    }
    this.#options.changed();
  }

  /** Leaves it to the next start, unless it is being closed. */
  keep(grant: Grant, reason: 'on-stop-keep' | 'could-not-start' | 'forever', now: Moment): void {
    this.#due.remove(grant);
    const { door, source, endMs } = grant;
    this.#options.report({ kind: 'kept', reason, door, source, atMs: now.wallMs, endsMs: endMs });
    this.#options.over(grant, now);
  }

  async #close(grant: Grant, now: Moment): Promise<void> {
    const { actions, report } = this.#options;
    grant.phase = 'closing';
    grant.closeReason ??= 'timeout';
    const reason = grant.closeReason;
    this.#closing++;
    if (grant.retries === 0) report({ kind: 'closing', reason, ...aboutGrant(grant, now) });
    const outcome = await actions.close(grant);
    this.#closing--;
    if (mayBeOpen(outcome)) this.#closeLater(grant, reason, outcome.at, errorOf(outcome));
    else this.#closed(grant, reason, outcome.at);
    this.expire(outcome.at);
  }

  #closed(grant: Grant, reason: CloseReason, at: Moment): void {
    const { journal, report, over } = this.#options;
    journal.closed(grant.id);
    report({ kind: 'closed', reason, ...aboutGrant(grant, at) });
    over(grant, at);
  }

  #closeLater(grant: Grant, reason: CloseReason, at: Moment, error: { readonly detail?: string }): void {
    if (this.#isLast) {
      this.keep(grant, 'could-not-start', at);
      return;
    }
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** grant.retries, LAST_RETRY_MS);
    grant.retries++;
    this.#due.place(grant, at.monotonicMs + waitMs);
    const { door, source } = grant;
    const retryMs = at.wallMs + waitMs;
    this.#options.report({ kind: 'close-delayed', reason, door, source, atMs: at.wallMs, retryMs, ...error });
  }
}

/** Its stop command runs, or the firewall is at it: neither waits for its time. */
export function isBeingClosed({ phase, heapIndex }: Grant): boolean {
  return phase === 'closing' && heapIndex < 0;
}

function aboutGrant({ door, source, means }: Grant, now: Moment) {
  return { door, source, means: means.kind, atMs: now.wallMs };
}
