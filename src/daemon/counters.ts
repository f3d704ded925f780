/** What has happened since the start, as numbers. */

import type { CounterStatus } from '../control/status.ts';
import type { Decision } from '../grant/decision.ts';
import { type MatchEventKind, OPENED, SCAN, TIMEOUT } from '../knock/match-event.ts';
import type { SpaVerdict } from '../spa/verdict.ts';

export class Counters {
  readonly #matchesOf = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #spaRefused = new Map<string, number>();
  readonly #commandsFailed = new Map<string, number>();
  #matches = 0;
  #timeouts = 0;
  #scans = 0;
  #opened = 0;
  #refreshed = 0;
  #closed = 0;
  #commandsStarted = 0;

  /** @param door its name, undefined where the event is about no door */
  event(kind: MatchEventKind, door: string | undefined): void {
    if (kind === TIMEOUT) this.#timeouts++;
    else if (kind === SCAN) this.#scans++;
    else if (kind === OPENED) this.#match(door);
  }

  /** Attempts that ended at their first step and were told nobody one by one. */
  untoldTimeouts(count: number): void {
    this.#timeouts += count;
  }

  spa(verdict: SpaVerdict): void {
    if (verdict.kind === 'accepted') this.#match(verdict.door);
    else count(this.#spaRefused, verdict.refusal.reason);
  }

  decision(decision: Decision): void {
    switch (decision.kind) {
      case 'opened':
        this.#opened++;
        return;
      case 'refreshed':
        this.#refreshed++;
        return;
      case 'closed':
        this.#closed++;
        return;
      case 'refused':
        count(this.#refused, decision.reason);
        return;
      case 'command-started':
        this.#commandsStarted++;
        return;
      case 'command-ended':
        if (decision.reason !== 'ok') count(this.#commandsFailed, decision.reason);
        return;
      default:
    }
  }

  matchesOf(door: string): number {
    return this.#matchesOf.get(door) ?? 0;
  }

  /** Doors that a reload took away are forgotten. */
  keepDoors(names: ReadonlySet<string>): void {
    for (const name of this.#matchesOf.keys()) if (!names.has(name)) this.#matchesOf.delete(name);
  }

  status(packets: { readonly received: number; readonly dropped: number }): CounterStatus {
    return {
      packetsReceived: packets.received,
      packetsDropped: packets.dropped,
      matches: this.#matches,
      timeouts: this.#timeouts,
      scans: this.#scans,
      opened: this.#opened,
      refreshed: this.#refreshed,
      closed: this.#closed,
      refused: Object.fromEntries(this.#refused),
      spaRefused: Object.fromEntries(this.#spaRefused),
      commandsStarted: this.#commandsStarted,
      commandsFailed: Object.fromEntries(this.#commandsFailed),
    };
  }

  #match(door: string | undefined): void {
    this.#matches++;
    if (door !== undefined) count(this.#matchesOf, door);
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
