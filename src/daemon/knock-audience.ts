/** What becomes of what packets did: told to those who hear of it, and doors opened where a sequence was whole. */

import { type MatchEventKind, OPENED } from '../knock/match-event.ts';
import type { IpAddress } from '../net/ip-address.ts';
import type { Audience } from './audience.ts';
import type { DoorOpener } from './door-opener.ts';
import type { LiveDoor } from './live-doors.ts';
import type { WatcherAudience } from './watcher.ts';

export class KnockAudience implements WatcherAudience {
  readonly #audience: Audience;
  readonly #opener: DoorOpener;

  constructor(audience: Audience, opener: DoorOpener) {
    this.#audience = audience;
    this.#opener = opener;
  }

  told(
    kind: MatchEventKind,
    door: LiveDoor | undefined,
    stage: number,
    source: Readonly<IpAddress>,
    nowMs: number,
    protocol: number,
    port: number,
  ): void {
    this.#audience.knock(kind, door?.door.name, stage, source, nowMs, protocol, port);
    if (kind === OPENED && door !== undefined) this.#opener.matched(door, source);
  }

  untold(steps: number, ends: number): void {
    this.#audience.untold(steps, ends);
  }

  judged(): void {
    this.#opener.openMatched();
  }
}
