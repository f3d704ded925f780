/** Events to the report's data, one at a time, in bounded memory. */

import type { EventKind, LogEvent } from '../read/log-event.ts';
import type { ReadTotals } from '../read/read-log.ts';
import { CommandAuthors } from './command-authors.ts';
import { DaemonLog } from './daemon-log.ts';
import { DistinctCount } from './distinct-count.ts';
import { DoorTable } from './door-table.ts';
import { GrantSpans } from './grant-spans.ts';
import { Lanes } from './lanes.ts';
import type { BanReport, ReportData, Totals } from './report-data.ts';
import { laneReport, sourceReport } from './report-rows.ts';
import { type SourceCounts, SourceTable } from './source-table.ts';
import { Tally } from './tally.ts';
import { TimeBins } from './time-bins.ts';
import { UserTable } from './user-table.ts';

export interface Period {
  /** Undefined: from the first line. */
  readonly sinceMs: number | undefined;
  /** Lines after it are left out. */
  readonly untilMs: number;
  /** The report goes up to `untilMs`, and not to the last line only. */
  readonly isFixedEnd: boolean;
}

/** Rows of a table of sources, in the data. */
const MAX_SOURCES_SHOWN = 200;
const MAX_BANS_SHOWN = 200;
const MAX_LANES_SHOWN = 400;
/** Bars that a page has room for. */
const MAX_BINS_SHOWN = 168;

const ACTIVITY = { opened: 0, refused: 1, timeouts: 2, scans: 3 } as const;

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
  readonly #grants: GrantSpans;
  readonly #authors = new CommandAuthors();
  readonly #daemon = new DaemonLog();
  readonly #bans: BanReport[] = [];
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
    this.#grants = new GrantSpans(this.#lanes);
  }

  take(event: LogEvent): void {
    const { sinceMs, untilMs } = this.#period;
    if (event.atMs > untilMs) {
      this.#after++;
      return;
    }
    this.#followGrants(event);
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
        from: textOf(fromMs),
        to: textOf(toMs),
        firstLine: textOf(hasLines ? this.#firstMs : undefined),
        lastLine: textOf(hasLines ? this.#lastMs : undefined),
      },
      totals: this.#totals,
      doors: this.#doors.list(this.#lanes.list(), this.#lanes.others),
      sources: this.#sourcesReport(),
      grants: this.#grantsReport(),
      activity: this.#activity((toMs ?? 0) - (fromMs ?? 0)),
      ...{ refused: refused.counts, spaRefused: spaRefused.counts, commandsFailed: commandsFailed.counts },
      ...{ closed: closed.counts, strange: strange.counts },
      users: this.#users.list(),
      bans: { count: this.#totals.banned, shown: this.#bans.toReversed() },
      daemon: this.#daemon.report,
      gaps: {
        ...read,
        suppressed: suppressed.counts,
        ...{ packetsDropped: this.#packetsDropped, linesLost: this.#linesLost },
        ...{ before: this.#before, after: this.#after },
      },
    };
  }

  /** Also before the period: what was opened there may be open in it. */
  #followGrants(event: LogEvent): void {
    const { kind, door, source, atMs, endsMs } = event;
    if (door === undefined) return;
    if (kind === 'command-started') this.#commandStarted(event, door);
    else if (kind === 'command-failed') this.#commandFailed(event, door);
    if (source === undefined) return;
    switch (kind) {
      case 'match':
      case 'spa-accepted':
        this.#authors.expect(door, { source, action: 'start' });
        break;
      case 'opened':
        this.#opened(door, source, atMs, endsMs);
        break;
      case 'refreshed':
      case 'restored':
        if (event.reason !== 'opening') this.#grants.goesOn(door, source, atMs, endsMs);
        break;
      case 'closing':
        this.#authors.expect(door, { source, action: 'stop' });
        this.#grants.closing(door, source, atMs);
        break;
      default:
    }
  }

  #commandStarted({ source, action, atMs }: LogEvent, door: string): void {
    const given = { ...(source && { source }), ...(action && { action }) };
    const author = this.#authors.begins(door, given);
    if (author?.action === 'start') this.#opened(door, author.source, atMs, undefined);
  }

  /** A start command that fails has opened nothing. */
  #commandFailed({ source, action, atMs }: LogEvent, door: string): void {
    const author = this.#authors.ends(door, { ...(source && { source }), ...(action && { action }) });
    if (author?.action !== 'start' || !this.#grants.undo(door, author.source) || this.#isBefore(atMs)) return;
    this.#totals.opened--;
    this.#totals.failed++;
    this.#doors.add(door, 'opened', atMs, -1);
    this.#doors.add(door, 'failed', atMs);
    this.#sources.add(author.source, 'opened', atMs, -1);
    this.#bin(atMs, 'opened', -1);
    this.#bin(atMs, 'refused');
  }

  #opened(door: string, source: string, atMs: number, endsMs: number | undefined): void {
    this.#grants.opened(door, source, atMs, endsMs);
    if (this.#isBefore(atMs)) return;
    this.#totals.opened++;
    this.#doors.add(door, 'opened', atMs);
    this.#sources.add(source, 'opened', atMs);
    this.#bin(atMs, 'opened');
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
    const { source = '', atMs, endsMs = Number.POSITIVE_INFINITY } = event;
    this.#totals.banned++;
    if (by === 'scan') this.#ofSource(event, 'bans');
    this.#bans.push({ at: textOf(atMs) ?? '', prefix: source, by, endsAt: textOf(endsMs) });
    if (this.#bans.length > MAX_BANS_SHOWN) this.#bans.shift();
  }

  #ofSource({ source, atMs }: LogEvent, what: keyof SourceCounts): void {
    if (source !== undefined) this.#sources.add(source, what, atMs);
  }

  #bin(atMs: number, what: keyof typeof ACTIVITY, count = 1): void {
    this.#bins ??= new TimeBins(Object.keys(ACTIVITY).length, atMs);
    this.#bins.add(atMs, ACTIVITY[what], count);
  }

  #sourcesReport(): ReportData['sources'] {
    const isExact = this.#sources.forgotten === 0;
    const vain = ({ opened, scans, bans, refused, spaRefused, timeouts, stages }: SourceCounts) =>
      opened > 0 ? 0 : 1e6 * scans + 1e4 * (bans + refused) + 100 * spaRefused + timeouts + stages;
    return {
      count: isExact ? this.#sources.size : this.#seen.estimate,
      opened: this.#sources.countOf(({ opened }) => opened > 0),
      scanned: isExact ? this.#sources.countOf(({ scans }) => scans > 0) : this.#scanners.estimate,
      forgotten: this.#sources.forgotten,
      cameIn: this.#sources.top(MAX_SOURCES_SHOWN, ({ opened }) => opened).map(sourceReport),
      turnedAway: this.#sources.top(MAX_SOURCES_SHOWN, vain).map(sourceReport),
    };
  }

  #grantsReport(): ReportData['grants'] {
    const all = this.#lanes.list();
    const busy = all.toSorted((a, b) => b.openings - a.openings).slice(0, MAX_LANES_SHOWN);
    const isShown = new Set(busy);
    const left = all.filter((lane) => !isShown.has(lane));
    const others = [...this.#lanes.others.values()];
    return {
      endless: all.reduce((sum, { endless }) => sum + endless, 0),
      joined: this.#lanes.closedGaps,
      left: {
        lanes: left.length + others.reduce((sum, { lanes }) => sum + lanes, 0),
        openings: [...left, ...others].reduce((sum, { openings }) => sum + openings, 0),
      },
      lanes: all.filter((lane) => isShown.has(lane)).map(laneReport),
    };
  }

  #activity(spanMs: number): ReportData['activity'] {
    const bins = this.#bins;
    if (bins === undefined) return { binMs: 0, bins: [] };
    const rows = bins.list(spanMs, MAX_BINS_SHOWN).map(({ startMs, counts }) => {
      const [opened = 0, refused = 0, timeouts = 0, scans = 0] = counts;
      return { at: textOf(startMs) ?? '', opened, refused, timeouts, scans };
    });
    return { binMs: bins.widthMs, bins: rows };
  }
}

/** Of an address, or of a network, that has done nothing at that moment. */
function isByHand({ kind }: LogEvent): boolean {
  return kind === 'banned' || kind === 'unbanned';
}

function textOf(ms: number | undefined): string | null {
  if (ms === undefined || !Number.isFinite(ms) || Math.abs(ms) > MAX_DATE_MS) return null;
  return new Date(ms).toISOString();
}

/** ECMA-262, 21.4.1.1. */
const MAX_DATE_MS = 8.64e15;
