/** The answer to `status`: everything at a glance. Lists are cut; the count beside each is whole. */

import type { GrantPhase } from '../grant/grant.ts';

/** Entries of a list in one answer: some hundred kilobytes. */
export const MAX_LISTED = 1000;

export interface Listed<T> {
  readonly count: number;
  /** At most MAX_LISTED of them. */
  readonly shown: readonly T[];
}

export interface InterfaceStatus {
  readonly name: string;
  readonly state: 'listening' | 'waiting';
}

export interface DoorStatus {
  readonly name: string;
  readonly state: 'on' | 'off';
  /** Why it is off. */
  readonly why?: string;
  /** What a match does: ports are opened, commands run, other doors closed, or it is only told. */
  readonly does: 'ports' | 'commands' | 'closes' | 'tells';
  /** `tcp/22`, with `does: "ports"`. */
  readonly ports: readonly string[];
  /** How long it stays open in milliseconds; `null`: no end, or nothing closes it. */
  readonly opensForMs: number | null;
  /** Names of doors that a match closes. */
  readonly closes: readonly string[];
  /** Prefixes that may use it; empty: everybody. */
  readonly allowFrom: readonly string[];
  /** How it is knocked at. */
  readonly opensBy: 'sequence' | 'one-time' | 'totp' | 'spa';
  readonly matches: number;
  /** With `showSecrets`: the sequence of this moment, or those that count now, with ` or `. */
  readonly sequence?: string;
}

export interface AttemptStatus {
  readonly source: string;
  /** One where the attempt can be told from others; else those that begin alike. */
  readonly doors: readonly string[];
  /** Steps made. */
  readonly stage: number;
  readonly ageMs: number;
}

export interface GrantStatus {
  readonly door: string;
  readonly source: string;
  readonly phase: GrantPhase;
  readonly endsAt: string | null;
}

export interface BanStatus {
  readonly prefix: string;
  readonly by: 'hand' | 'scan';
  readonly endsAt: string | null;
}

/** Since the start. */
export interface CounterStatus {
  /** Packets that the kernel filter passed, and of those the ones that were lost for lack of room. */
  readonly packetsReceived: number;
  readonly packetsDropped: number;
  /** Sequences made as a whole, and packets that open a door by themselves. */
  readonly matches: number;
  readonly timeouts: number;
  readonly scans: number;
  readonly opened: number;
  readonly refreshed: number;
  readonly closed: number;
  /** By reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Packets at the ports of SPA doors that open nothing, by reason. */
  readonly spaRefused: Readonly<Record<string, number>>;
  readonly commandsStarted: number;
  /** By reason: `failed-status`, `time-limit`, `could-not-start`. */
  readonly commandsFailed: Readonly<Record<string, number>>;
}

export interface JournalStatus {
  readonly path: string;
  readonly healthy: boolean;
  readonly writes: number;
}

export interface StatusAnswer {
  readonly kind: 'status';
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly uptimeMs: number;
  readonly config: {
    readonly file: string;
    readonly loadedAt: string;
    /** Errors of a later reload, which has changed nothing. */
    readonly failedReload: { readonly at: string; readonly errors: number } | null;
  };
  readonly interfaces: readonly InterfaceStatus[];
  readonly doors: Listed<DoorStatus>;
  readonly attempts: Listed<AttemptStatus>;
  readonly grants: Listed<GrantStatus>;
  readonly bans: Listed<BanStatus>;
  readonly counters: CounterStatus;
  readonly journal: JournalStatus;
}
