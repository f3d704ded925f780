/** From a door that was matched to its grant: its sequence is used up first where it is good only once. */

import { wallMs } from '../base/clock.ts';
import type { Door } from '../config/config.ts';
import type { Decision, RefusalReason } from '../grant/decision.ts';
import type { Grants } from '../grant/grants.ts';
import type { Moment } from '../grant/moment.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import type { DoorKeeper, Verdict } from './door-keeper.ts';
import type { LiveDoor } from './live-doors.ts';

export interface DoorOpenerOptions {
  readonly keeper: DoorKeeper;
  readonly grants: Grants;
  readonly report: (decision: Decision) => void;
  readonly now: () => Moment;
}

export class DoorOpener {
  readonly #options: DoorOpenerOptions;
  readonly #matched: { readonly door: LiveDoor; readonly source: IpAddress }[] = [];
  /** Asked after each batch of packets, which an empty list and one that was filled once answer differently fast. */
  #hasMatched = false;
  #isUp = false;

  constructor(options: DoorOpenerOptions) {
    this.#options = options;
  }

  /** From within the matcher, which must not be changed now. */
  matched(door: LiveDoor, source: Readonly<IpAddress>): void {
    this.#matched.push({ door, source: { ...source } });
    this.#hasMatched = true;
  }

  /** Opens what was matched; doors and matcher may change. Before `start` everything waits. */
  openMatched(): void {
    if (!this.#isUp || !this.#hasMatched) return;
    this.#hasMatched = false;
    for (const { door, source } of this.#matched.splice(0)) {
      const used = this.#options.keeper.use(door);
      if (used instanceof Promise) void used.then((refused) => this.#openUnless(refused, door.door, source));
      else this.#openUnless(used, door.door, source);
    }
  }

  /** The grants of the last run are there, and come before those of knocks. */
  start(): void {
    this.#isUp = true;
    this.openMatched();
  }

  /** @param forMs undefined: as long as the door says */
  open(door: Door, source: IpAddress, forMs: number | undefined): void {
    void this.#options.grants.open(door, source, this.#options.now(), { forMs });
  }

  refuse({ name: door }: Door, source: IpAddress, reason: RefusalReason, detail?: string): void {
    const about = { door, source: formatIpAddress(source), atMs: wallMs() };
    const refused = { kind: 'refused', reason, ...about } as const;
    this.#options.report(detail === undefined ? refused : { ...refused, detail });
  }

  #openUnless(refused: Verdict, door: Door, source: IpAddress): void {
    if (refused === undefined) this.open(door, source, undefined);
    else this.refuse(door, source, refused);
  }
}
