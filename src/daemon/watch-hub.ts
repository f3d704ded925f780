/**
 * Events for those who watch: put together only while somebody does, and within a limit that a flood cannot move. What
 * was left out is told as a number.
 */

import { monotonicMs, wallMs } from '../base/clock.ts';
import { formatAnswer } from '../control/answer-codec.ts';
import type { WatchClient } from '../control/server.ts';
import type { WatchEvent } from '../control/watch-event.ts';
import type { Decision } from '../grant/decision.ts';
import { decisionText } from '../grant/decision-text.ts';
import { MATCH_EVENT_NAMES, type MatchEventKind } from '../knock/match-event.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import type { SpaVerdict } from '../spa/verdict.ts';
import { spaLine } from './spa-lines.ts';
import { timeText } from './time-texts.ts';
import { toldDecision } from './told-decision.ts';

/** Events at once, and a second in the long run: more than a person reads, and next to no work. */
export const BURST = 200;
export const PER_SECOND = 50;

type EventBody = WatchEvent extends infer E ? (E extends WatchEvent ? Omit<E, 'kind' | 'at'> : never) : never;

export class WatchHub {
  readonly #watchers: ReadonlySet<WatchClient>;
  #tokens = BURST;
  #filledMs = monotonicMs();
  #skipped = 0;

  constructor(watchers: ReadonlySet<WatchClient>) {
    this.#watchers = watchers;
  }

  attempt(kind: MatchEventKind, door: string | undefined, stage: number, source: Readonly<IpAddress>): void {
    if (!this.#mayTell()) return;
    const what = MATCH_EVENT_NAMES[kind] ?? `event ${kind}`;
    const about = door === undefined ? {} : { door };
    this.#tell({ event: 'attempt', what, source: formatIpAddress(source), ...about, stage });
  }

  spa(verdict: SpaVerdict, source: Readonly<IpAddress>): void {
    if (!this.#mayTell()) return;
    const { kind: what, door } = verdict;
    const about = door === undefined ? {} : { door };
    const why = verdict.kind === 'accepted' ? {} : { reason: verdict.refusal.reason };
    const { text } = spaLine(verdict);
    this.#tell({ event: 'spa', what, source: formatIpAddress(source), ...about, ...why, text });
  }

  decision(decision: Decision): void {
    if (!this.#mayTell()) return;
    const text =
      decisionText(decision) ?? `${decision.source}: ${decision.door}: ${decision.kind.replaceAll('-', ' ')}`;
    this.#tell({ event: 'decision', decision: toldDecision(decision), text });
  }

  event(body: EventBody): void {
    if (this.#mayTell()) this.#tell(body);
  }

  /** So many events happened of which nobody heard one by one. */
  untold(count: number): void {
    if (this.#watchers.size > 0) this.#skipped += count;
  }

  /** Tells what was left out since the last time. */
  summarise(): void {
    if (this.#skipped === 0) return;
    const count = this.#skipped;
    this.#skipped = 0;
    this.#tell({ event: 'skipped', count });
  }

  #mayTell(): boolean {
    if (this.#watchers.size === 0) return false;
    const nowMs = monotonicMs();
    this.#tokens = Math.min(BURST, this.#tokens + ((nowMs - this.#filledMs) / 1000) * PER_SECOND);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) {
      this.#skipped++;
      return false;
    }
    this.#tokens--;
    this.summarise();
    return true;
  }

  #tell(body: EventBody): void {
    const at = timeText(wallMs());
    const line = formatAnswer({ kind: 'event', at, ...body } as WatchEvent);
    for (const watcher of [...this.#watchers]) watcher.tell(line);
  }
}
