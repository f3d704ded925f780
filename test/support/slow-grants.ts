/**
 * The table of grants again, slow and obvious: one list that is looked through for everything. Commands run for ever
 * until `end` is called; what waits for its time runs when `look` is called. It knows no bounds on tables and queues.
 */

export interface SlowWish {
  readonly door: string;
  readonly source: string;
  readonly start: string | undefined;
  readonly stop: string | undefined;
  readonly timeoutMs: number;
}

export interface SlowNow {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

interface SlowRecord {
  readonly wish: SlowWish;
  endMs: number;
}

interface SlowGrant {
  readonly wish: SlowWish;
  readonly record: SlowRecord;
  phase: 'opening' | 'open' | 'closing';
  /** Its start command runs yet, but it is to be closed at once after it. */
  mustClose: boolean;
  running: string | undefined;
  dueMs: number;
  endMs: number;
  retries: number;
  next: SlowWish | undefined;
}

const LAG_MS = 1000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

export class SlowGrants {
  grants: SlowGrant[] = [];
  /** What the next daemon finds. */
  journal: SlowRecord[] = [];
  /** Commands of doors without a stop command. */
  loose: string[] = [];
  journalIsBroken = false;
  stopping: 'close' | 'keep' | undefined;

  match(wish: SlowWish, now: SlowNow): void {
    const { start, stop } = wish;
    if (this.stopping !== undefined || start === undefined) return;
    if (stop === undefined) {
      this.loose.push(start);
      return;
    }
    const grant = this.grants.find(
      (each) => each.wish.door === wish.door && each.wish.source === wish.source,
    );
    if (grant === undefined) this.#create(wish, now);
    else if (grant.mustClose || grant.phase === 'closing') grant.next = wish;
    else if (grant.phase === 'opening') return;
    else if (grant.wish.start === start && grant.wish.stop === stop)
      this.#openFor(grant, Math.max(wish.timeoutMs, grant.dueMs - now.monotonicMs), now);
    else {
      grant.next = wish;
      this.#runStop(grant);
    }
  }

  /** `ran`: false when it could not be run at all; `ok`: it ended with status 0. */
  end(command: string, ran: boolean, ok: boolean, now: SlowNow): void {
    const grant = this.grants.find((each) => each.running === command);
    if (grant === undefined) this.loose.splice(this.loose.indexOf(command), 1);
    else if (grant.phase === 'opening') this.#endStart(grant, ran, ok, now);
    else this.#endStop(grant, ran, now);
  }

  /** Runs the stop commands that are due. */
  look(now: SlowNow): void {
    for (const grant of this.grants)
      if (grant.running === undefined && grant.dueMs <= now.monotonicMs) this.#runStop(grant);
  }

  close(door: string, source: string | undefined): void {
    for (const grant of this.grants) {
      if (grant.wish.door !== door || (source !== undefined && grant.wish.source !== source)) continue;
      if (grant.phase === 'opening') grant.mustClose = true;
      else if (grant.running === undefined) this.#runStop(grant);
    }
  }

  stop(mode: 'close' | 'keep'): void {
    this.stopping = mode;
    for (const grant of this.grants) grant.next = undefined;
    if (mode === 'keep') this.grants = this.grants.filter((grant) => grant.running !== undefined);
    else for (const door of new Set(this.grants.map(({ wish }) => wish.door))) this.close(door, undefined);
  }

  /** A new daemon: only the journal is left. */
  restart(now: SlowNow): void {
    this.stopping = undefined;
    this.loose = [];
    this.grants = this.journal.map((record) => {
      const leftMs = Math.min(record.endMs - now.wallMs, record.wish.timeoutMs);
      const grant = { ...this.#blank(record), phase: 'open' as const };
      return { ...grant, dueMs: now.monotonicMs + leftMs, endMs: now.wallMs + leftMs };
    });
    this.look(now);
  }

  get pending(): readonly string[] {
    const ofGrants = this.grants.flatMap(({ running }) => (running === undefined ? [] : [running]));
    return [...this.loose, ...ofGrants].sort();
  }

  /** `door source phase`, and when it is over. */
  get open(): readonly string[] {
    return this.grants
      .map(({ wish, phase, endMs }) => `${wish.door} ${wish.source} ${phase} ${endMs}`)
      .sort();
  }

  get nextDueMs(): number | undefined {
    const dues = this.grants.filter(({ running }) => running === undefined).map(({ dueMs }) => dueMs);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  #create(wish: SlowWish, now: SlowNow): void {
    if (this.journalIsBroken) return;
    const record = { wish, endMs: now.wallMs + wish.timeoutMs };
    this.journal.push(record);
    this.grants.push({ ...this.#blank(record), running: wish.start });
  }

  #blank(record: SlowRecord): SlowGrant {
    const { wish, endMs } = record;
    const fixed = { wish, record, phase: 'opening', mustClose: false, running: undefined } as const;
    return { ...fixed, dueMs: Number.POSITIVE_INFINITY, endMs, retries: 0, next: undefined };
  }

  #endStart(grant: SlowGrant, ran: boolean, ok: boolean, now: SlowNow): void {
    grant.running = undefined;
    if (!ran) {
      this.#forget(grant, now, true);
      return;
    }
    if (ok) this.#openFor(grant, grant.wish.timeoutMs, now);
    if (!ok || grant.mustClose) this.#runStop(grant);
    else if (this.stopping === 'keep') this.#forget(grant, now, false);
  }

  #endStop(grant: SlowGrant, ran: boolean, now: SlowNow): void {
    grant.running = undefined;
    if (ran) this.#forget(grant, now, true);
    else if (this.stopping !== undefined) this.#forget(grant, now, false);
    else grant.dueMs = now.monotonicMs + Math.min(FIRST_RETRY_MS * 2 ** grant.retries++, LAST_RETRY_MS);
  }

  #openFor(grant: SlowGrant, forMs: number, now: SlowNow): void {
    grant.phase = 'open';
    grant.dueMs = now.monotonicMs + forMs;
    grant.endMs = now.wallMs + forMs;
    if (Math.abs(grant.endMs - grant.record.endMs) >= LAG_MS) grant.record.endMs = grant.endMs;
  }

  #runStop(grant: SlowGrant): void {
    grant.phase = 'closing';
    grant.running = grant.wish.stop;
  }

  #forget(grant: SlowGrant, now: SlowNow, isOver: boolean): void {
    this.grants = this.grants.filter((each) => each !== grant);
    if (isOver) this.journal = this.journal.filter((each) => each !== grant.record);
    if (grant.next !== undefined) this.#create(grant.next, now);
  }
}
