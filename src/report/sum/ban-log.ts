/** Bans, by hand and of scanners: how many there were, and the newest of them. */

import type { LogEvent } from '../read/log-event.ts';
import type { BanReport, ReportData } from './report-data.ts';
import { timeOrNull } from './time-text.ts';

const MAX_BANS_SHOWN = 200;

export class BanLog {
  readonly #newest: BanReport[] = [];
  #count = 0;

  add({ source = '', atMs, endsMs = Number.POSITIVE_INFINITY }: LogEvent, by: BanReport['by']): void {
    this.#count++;
    this.#newest.push({ at: timeOrNull(atMs) ?? '', prefix: source, by, endsAt: timeOrNull(endsMs) });
    if (this.#newest.length > MAX_BANS_SHOWN) this.#newest.shift();
  }

  get report(): ReportData['bans'] {
    return { count: this.#count, shown: this.#newest.toReversed() };
  }
}
