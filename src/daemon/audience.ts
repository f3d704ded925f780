/** All who hear of what packets did and what was decided: the log, the counters, those who watch, and the memory of explain. */

import { monotonicMs } from '../base/clock.ts';
import type { EventMemory } from '../explain/event-memory.ts';
import type { Decision } from '../grant/decision.ts';
import type { MatchEventKind } from '../knock/match-event.ts';
import type { IpAddress } from '../net/ip-address.ts';
import type { SpaVerdict } from '../spa/verdict.ts';
import type { Counters } from './counters.ts';
import type { Teller } from './teller.ts';
import type { WatchHub } from './watch-hub.ts';

export interface AudienceOptions {
  readonly teller: Teller;
  readonly counters: Counters;
  /** The watcher tells it of knocks itself, with more than the others hear. */
  readonly memory: EventMemory;
  readonly hub: WatchHub;
}

export class Audience {
  readonly #options: AudienceOptions;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** @param door its name, undefined where none is meant. @param nowMs monotonic */
  knock(
    kind: MatchEventKind,
    door: string | undefined,
    stage: number,
    source: Readonly<IpAddress>,
    nowMs: number,
    protocol: number,
    port: number,
  ): void {
    const { teller, counters, hub } = this.#options;
    teller.event(kind, door, stage, source, nowMs, protocol, port);
    counters.event(kind, door);
    hub.attempt(kind, door, stage, source);
  }

  /** First steps, and attempts that ended at theirs, that were only counted; the memory knows. */
  untold(steps: number, ends: number): void {
    const { teller, counters, hub } = this.#options;
    teller.untold(steps, ends);
    counters.untoldTimeouts(ends);
    hub.untold(steps + ends);
  }

  spaPacket(verdict: SpaVerdict, source: Readonly<IpAddress>): void {
    const { teller, counters, memory, hub } = this.#options;
    const nowMs = monotonicMs();
    teller.spa(verdict, source, nowMs);
    counters.spa(verdict);
    hub.spa(verdict, source);
    if (verdict.kind === 'refused') memory.spaRefused(verdict.refusal, verdict.door, source, nowMs);
  }

  decision(decision: Decision): void {
    const { teller, counters, memory, hub } = this.#options;
    teller.decision(decision);
    counters.decision(decision);
    memory.decision(decision, monotonicMs());
    hub.decision(decision);
  }
}
