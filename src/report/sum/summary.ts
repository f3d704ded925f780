/** Events to the report's data, one at a time, in bounded memory. */

import type { EventKind, LogEvent } from '../read/log-event.ts';
import type { ReadTotals } from '../read/read-log.ts';
import { BanLog } from './ban-log.ts';
import { DaemonLog } from './daemon-log.ts';
import { DistinctCount } from './distinct-count.ts';
import { DoorTable } from './door-table.ts';
import { GrantEvents } from './grant-events.ts';
import { Lanes } from './lanes.ts';
import type { ReportData, Totals } from './report-data.ts';
import { ACTIVITY, activityReport, grantsReport, sourcesReport } from './report-parts.ts';
import { type SourceCounts, SourceTable } from './source-table.ts';
import { Tally } from './tally.ts';
import { TimeBins } from './time-bins.ts';
import { timeOrNull } from './time-text.ts';
import { UserTable } from './user-table.ts';

export interface Period {
  /** Undefined: from the first line. */
  readonly sinceMs: number | undefined;
  /** Lines after it are left out. */
  readonly untilMs: number;
  /** The report goes up to `untilMs`, and not to the last line only. */
  readonly isFixedEnd: boolean;
}

type Count = keyof Totals;

const PLAIN_TOTALS: Readonly<Partial<Record<EventKind, Count>>> = {
  refreshed: 'refreshed',
  closing: 'closed',
  unbanned: 'unbanned',
  'command-started': 'commandsStarted',
  'command-failed': 'commandsFailed',
  'command-output': 'outputLines',
};

export class Summary {
  readonly #period: Period;
  readonly #totals: Record<Count, number> = {
    ...{ matches: 0, opened: 0, refreshed: 0, closed: 0, refused: 0, failed: 0, stages: 0, timeouts: 0 },
    ...{
      scans: 0,
      banned: 0,
      unbanned: 0,
      spaRefused: 0,
      commandsStarted: 0,
      commandsFailed: 0,
      outputLines: 0,
    },
  };
  readonly #sources = new SourceTable();
  readonly #seen = new DistinctCount();
  readonly #scanners = new DistinctCount();
  readonly #doors = new DoorTable();
  readonly #users = new UserTable();
  readonly #lanes: Lanes;
  readonly #grants: GrantEvents;
  readonly #daemon = new DaemonLog();
  readonly #bans = new BanLog();
  readonly #reasons = {
    refused: new Tally(),
    spaRefused: new Tally(),
    commandsFailed: new Tally(),
    closed: new Tally(),
    strange: new Tally(),
    suppressed: new Tally(),
  };
  #bins: TimeBins | undefined;
  #packetsDropped = 0;
  #linesLost = 0;
  #before = 0;
  #after = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(period: Period) {
    this.#period = period;
    this.#lanes = new Lanes(period.sinceMs ?? Number.NEGATIVE_INFINITY);
    this.#grants = new GrantEvents(this.#lanes, {
      opened: (door, source, atMs) => this.#opened(door, source, atMs),
      undone: (door, source, atMs) => this.#undone(door, source, atMs),
    });
  }

  take(event: LogEvent): void {
    const { sinceMs, untilMs } = this.#period;
    if (event.atMs > untilMs) {
      this.#after++;
      return;
    }
    // Also before the period: what was opened there may be open in it.
    this.#grants.take(event);
    if (sinceMs !== undefined && event.atMs < sinceMs) {
      this.#before++;
      return;
    }
    this.#firstMs = Math.min(this.#firstMs, event.atMs);
    this.#lastMs = Math.max(this.#lastMs, event.atMs);
    if (event.source !== undefined && !isByHand(event)) this.#seen.add(event.source);
    this.#count(event);
  }

  /** After the last event. */
  report(version: string, read: ReadTotals): ReportData {
    const { sinceMs, untilMs, isFixedEnd } = this.#period;
    const hasLines = this.#firstMs <= this.#lastMs;
    const fromMs = sinceMs ?? (hasLines ? this.#firstMs : undefined);
    const toMs = isFixedEnd ? untilMs : hasLines ? this.#lastMs : undefined;
    this.#grants.finish(toMs ?? untilMs);
    const { refused, spaRefused, commandsFailed, closed, strange, suppressed } = this.#reasons;
    return {
      version,
      period: {
        from: timeOrNull(fromMs),
        to: timeOrNull(toMs),
        firstLine: timeOrNull(hasLines ? this.#firstMs : undefined),
        lastLine: timeOrNull(hasLines ? this.#lastMs : undefined),
      },
      totals: this.#totals,
      doors: this.#doors.list(this.#lanes.list(), this.#lanes.others),
      sources: sourcesReport(this.#sources, { seen: this.#seen, scanners: this.#scanners }),
      grants: grantsReport(this.#lanes),
      activity: activityReport(this.#bins, (toMs ?? 0) - (fromMs ?? 0)),
      ...{ refused: refused.counts, spaRefused: spaRefused.counts, commandsFailed: commandsFailed.counts },
      ...{ closed: closed.counts, strange: strange.counts },
      users: this.#users.list(),
      bans: this.#bans.report,
      daemon: this.#daemon.report,
      gaps: {
        ...read,
        suppressed: suppressed.counts,
        ...{ packetsDropped: this.#packetsDropped, linesLost: this.#linesLost },
        ...{ before: this.#before, after: this.#after },
      },
    };
  }

  #opened(door: string, source: string, atMs: number): void {
    if (this.#isBefore(atMs)) return;
    this.#totals.opened++;
    this.#doors.add(door, 'opened', atMs);
    this.#sources.add(source, 'opened', atMs);
    this.#bin(atMs, 'opened');
  }

  #undone(door: string, source: string, atMs: number): void {
    if (this.#isBefore(atMs)) return;
    this.#totals.opened--;
    this.#totals.failed++;
    this.#doors.add(door, 'opened', atMs, -1);
    this.#doors.add(door, 'failed', atMs);
    this.#sources.add(source, 'opened', atMs, -1);
    this.#bin(atMs, 'opened', -1);
    this.#bin(atMs, 'refused');
  }

  #isBefore(atMs: number): boolean {
    return atMs < (this.#period.sinceMs ?? Number.NEGATIVE_INFINITY);
  }

  #count(event: LogEvent): void {
    const { kind, door, atMs, reason = 'unknown', count = 0 } = event;
    switch (kind) {
      case 'stage':
        this.#totals.stages++;
        this.#ofSource(event, 'stages');
        break;
      case 'match':
      case 'spa-accepted':
        this.#match(event);
        break;
      case 'timeout':
        this.#totals.timeouts++;
        this.#bin(atMs, 'timeouts');
        this.#ofSource(event, 'timeouts');
        break;
      case 'scan':
        this.#scan(event);
        break;
      case 'strange':
        this.#reasons.strange.add(reason);
        this.#ofSource(event, 'strange');
        break;
      case 'spa-refused':
        this.#totals.spaRefused++;
        this.#reasons.spaRefused.add(reason);
        this.#bin(atMs, 'refused');
        this.#ofSource(event, 'spaRefused');
        break;
      case 'refused':
      case 'failed':
        this.#refused(event, kind, reason);
        break;
      case 'banned':
        this.#ban(event, 'hand');
        break;
      case 'suppressed':
        this.#reasons.suppressed.add(reason, count);
        break;
      case 'packets-dropped':
        this.#packetsDropped += count;
        break;
      case 'lines-lost':
        this.#linesLost += count;
        break;
      case 'started':
      case 'stopping':
      case 'reloading':
      case 'not-reloaded':
      case 'door-off':
        this.#daemon.happened(kind, event);
        break;
      case 'trouble':
        this.#daemon.trouble(event);
        break;
      case 'close-delayed':
        this.#daemon.trouble({ ...event, text: `${door}: it could not be closed at once` });
        break;
      default:
        this.#countOnly(kind, reason);
    }
  }

  /** What has a total, and no more. */
  #countOnly(kind: EventKind, reason: string): void {
    const total = PLAIN_TOTALS[kind];
    if (total !== undefined) this.#totals[total]++;
    if (kind === 'command-failed') this.#reasons.commandsFailed.add(reason);
    if (kind === 'closing') this.#reasons.closed.add(reason);
  }

  #match(event: LogEvent): void {
    const { door, atMs, user } = event;
    this.#totals.matches++;
    if (door !== undefined) this.#doors.add(door, 'matches', atMs);
    if (user !== undefined) this.#users.add(user, door ?? '', atMs);
    this.#ofSource(event, 'matches');
  }

  #scan(event: LogEvent): void {
    this.#totals.scans++;
    this.#bin(event.atMs, 'scans');
    if (event.source !== undefined) this.#scanners.add(event.source);
    this.#ofSource(event, 'scans');
    if (event.endsMs !== undefined) this.#ban(event, 'scan');
  }

  #refused(event: LogEvent, kind: 'refused' | 'failed', reason: string): void {
    const { door, atMs } = event;
    this.#totals[kind]++;
    this.#reasons.refused.add(reason);
    if (door !== undefined) this.#doors.add(door, kind, atMs);
    this.#bin(atMs, 'refused');
    this.#ofSource(event, 'refused');
  }

  #ban(event: LogEvent, by: 'hand' | 'scan'): void {
    this.#totals.banned++;
    if (by === 'scan') this.#ofSource(event, 'bans');
    this.#bans.add(event, by);
  }

  #ofSource({ source, atMs }: LogEvent, what: keyof SourceCounts): void {
    if (source !== undefined) this.#sources.add(source, what, atMs);
  }

  #bin(atMs: number, what: keyof typeof ACTIVITY, count = 1): void {
    this.#bins ??= new TimeBins(Object.keys(ACTIVITY).length, atMs);
    this.#bins.add(atMs, ACTIVITY[what], count);
  }
}

/** Of an address, or of a network, that has done nothing at that moment. */
function isByHand({ kind }: LogEvent): boolean {
  return kind === 'banned' || kind === 'unbanned';
}
