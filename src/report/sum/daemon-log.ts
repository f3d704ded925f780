/** What became of the daemon itself: its starts and ends, and what went wrong. */

import type { LogEvent } from '../read/log-event.ts';
import type { DaemonEvent, DaemonReport } from './report-data.ts';
import { compareText, ownCopy } from './tally.ts';

const MAX_EVENTS = 60;

/** Different texts of errors that are kept. */
const MAX_TROUBLES = 200;
const MAX_SHOWN = 40;

const WHATS = {
  started: 'starts',
  stopping: 'stops',
  reloading: 'reloads',
  'not-reloaded': 'refusedReloads',
  'door-off': 'doorsOff',
} as const;

interface Trouble {
  count: number;
  lastMs: number;
}

export class DaemonLog {
  readonly #counts = { starts: 0, stops: 0, reloads: 0, refusedReloads: 0, doorsOff: 0 };
  readonly #events: DaemonEvent[] = [];
  readonly #troubles = new Map<string, Trouble>();

  happened(what: DaemonEvent['what'], { atMs, door }: LogEvent): void {
    this.#counts[WHATS[what]]++;
    this.#events.push({
      at: new Date(atMs).toISOString(),
      what,
      door: door === undefined ? null : ownCopy(door),
    });
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
  }

  trouble({ atMs, text = '' }: LogEvent): void {
    const known = this.#troubles.get(text);
    if (known === undefined && this.#troubles.size >= MAX_TROUBLES)
      this.trouble({ atMs, kind: 'trouble', text: MORE });
    else if (known === undefined) this.#troubles.set(ownCopy(text), { count: 1, lastMs: atMs });
    else {
      known.count++;
      known.lastMs = Math.max(known.lastMs, atMs);
    }
  }

  get report(): DaemonReport {
    const troubles = [...this.#troubles]
      .toSorted(([a, x], [b, y]) => y.count - x.count || compareText(a, b))
      .slice(0, MAX_SHOWN)
      .map(([text, { count, lastMs }]) => ({ text, count, last: new Date(lastMs).toISOString() }));
    return { ...this.#counts, events: this.#events, troubles };
  }
}

const MORE = '(other errors and warnings)';
