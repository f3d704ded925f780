/** The report as data: what `--json` prints and the page shows. Times are RFC 3339, in UTC; null is no time or no end. */

import type { ReadTotals } from '../read/read-log.ts';

export interface ReportData {
  readonly version: string;
  readonly period: {
    readonly from: string | null;
    readonly to: string | null;
    /** Of the first and the last line in it. */
    readonly firstLine: string | null;
    readonly lastLine: string | null;
  };
  readonly totals: Totals;
  readonly doors: readonly DoorReport[];
  readonly sources: {
    /** How many there were; about as many where `forgotten` is not 0. */
    readonly count: number;
    readonly opened: number;
    readonly scanned: number;
    /** Rows given up for lack of room. */
    readonly forgotten: number;
    /** Who opened a door; most openings first. */
    readonly cameIn: readonly SourceReport[];
    /** Who did not; most scans first. */
    readonly turnedAway: readonly SourceReport[];
  };
  readonly grants: GrantsReport;
  readonly activity: {
    readonly binMs: number;
    readonly bins: readonly ActivityBin[];
  };
  readonly refused: Readonly<Record<string, number>>;
  readonly spaRefused: Readonly<Record<string, number>>;
  readonly commandsFailed: Readonly<Record<string, number>>;
  readonly closed: Readonly<Record<string, number>>;
  /** Of single packets; the log has them with -D alone. */
  readonly strange: Readonly<Record<string, number>>;
  readonly users: readonly UserReport[];
  readonly bans: { readonly count: number; readonly shown: readonly BanReport[] };
  readonly daemon: DaemonReport;
  readonly gaps: Gaps;
}

export interface Totals {
  /** Whole sequences, and SPA packets that were accepted. */
  readonly matches: number;
  readonly opened: number;
  readonly refreshed: number;
  readonly closed: number;
  readonly refused: number;
  readonly failed: number;
  readonly stages: number;
  readonly timeouts: number;
  readonly scans: number;
  readonly banned: number;
  readonly unbanned: number;
  readonly spaRefused: number;
  readonly commandsStarted: number;
  readonly commandsFailed: number;
  readonly outputLines: number;
}

export interface DoorReport {
  readonly door: string;
  readonly matches: number;
  readonly opened: number;
  readonly refused: number;
  readonly failed: number;
  readonly sources: number;
  readonly openMs: number;
  readonly lastOpened: string | null;
}

export interface SourceReport {
  readonly source: string;
  readonly opened: number;
  readonly matches: number;
  readonly stages: number;
  readonly timeouts: number;
  readonly scans: number;
  /** For scans. */
  readonly bans: number;
  readonly refused: number;
  readonly spaRefused: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** The counts are the least that they can be. */
  readonly atLeast: boolean;
}

export interface GrantsReport {
  /** Openings whose end the log does not tell. */
  readonly endless: number;
  /** Openings that are drawn as one with their neighbour. */
  readonly joined: number;
  /** Doors, and sources of a door, without a lane of their own. */
  readonly left: { readonly lanes: number; readonly openings: number };
  readonly lanes: readonly LaneReport[];
}

export interface LaneReport {
  readonly door: string;
  readonly source: string;
  readonly openings: number;
  readonly openMs: number;
  readonly stillOpen: boolean;
  readonly spans: readonly { readonly from: string; readonly to: string }[];
}

export interface ActivityBin {
  readonly at: string;
  readonly opened: number;
  readonly refused: number;
  readonly timeouts: number;
  readonly scans: number;
}

export interface UserReport {
  readonly user: string;
  readonly door: string;
  readonly accepted: number;
  readonly lastSeen: string;
}

export interface BanReport {
  readonly at: string;
  readonly prefix: string;
  readonly by: 'hand' | 'scan';
  readonly endsAt: string | null;
}

export interface DaemonReport {
  readonly starts: number;
  readonly stops: number;
  readonly reloads: number;
  readonly refusedReloads: number;
  readonly doorsOff: number;
  /** The newest. */
  readonly events: readonly DaemonEvent[];
  readonly troubles: readonly TroubleReport[];
}

export interface DaemonEvent {
  readonly at: string;
  readonly what: 'started' | 'stopping' | 'reloading' | 'not-reloaded' | 'door-off';
  readonly door: string | null;
}

export interface TroubleReport {
  readonly text: string;
  readonly count: number;
  readonly last: string;
}

/** What the log does not show, or the report not of the log. */
export interface Gaps extends ReadTotals {
  /** Lines that the limit of the log left out, by what they are about. */
  readonly suppressed: Readonly<Record<string, number>>;
  readonly packetsDropped: number;
  readonly linesLost: number;
  /** Lines before and after the period. */
  readonly before: number;
  readonly after: number;
}
