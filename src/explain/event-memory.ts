/**
 * The memory behind `postern explain`: what the packets of each source did, and what was decided about it. Fixed size,
 * and recording an event costs the same at all times and allocates nothing. Events of sources that got no further than a
 * first step lie apart from those of others, so that a flood of forged first knocks washes away nothing but its like.
 */

import type { Decision } from '../grant/decision.ts';
import type { Moment } from '../grant/moment.ts';
import * as told from '../knock/match-event.ts';
import type { HashKey } from '../knock/source-hash.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { type Prefix, prefixesMeet, prefixTest } from '../net/prefix.ts';
import type { SpaRefusal } from '../spa/refusal.ts';
import { explanationOf } from './explain.ts';
import type { Explanation } from './explanation.ts';
import { FirstEvents } from './first-events.ts';
import { FurtherEvents } from './further-events.ts';
import { PastDecisions } from './past-decisions.ts';
import { type RememberedDoor, RememberedDoors } from './remembered-doors.ts';
import { packState, packWhat, type RememberedEvent } from './remembered-event.ts';
import type { SourceFacts } from './source-facts.ts';
import { SpaEvents } from './spa-events.ts';

/** By kind of event, the stage of the attempt from which it says that its source got further; others never do. */
const FURTHER_FROM = new Uint16Array(told.MATCH_EVENT_NAMES.length).fill(0xffff);
for (const kind of [told.STAGE, told.OPENED, told.DUPLICATE, told.HELD, told.WRONG_STEP, told.TIMEOUT]) {
  FURTHER_FROM[kind] = 2;
}

export class EventMemory {
  readonly #doors = new RememberedDoors();
  readonly #first = new FirstEvents();
  readonly #further: FurtherEvents;
  readonly #decisions = new PastDecisions();
  readonly #packets: SpaEvents;
  readonly #startMs: number;

  /** @param key random for each run @param startMs monotonic */
  constructor(key: HashKey, startMs: number) {
    this.#further = new FurtherEvents(key);
    this.#packets = new SpaEvents(startMs);
    this.#startMs = startMs;
  }

  /** The doors in force, in the order by which `record` numbers them. The same object is the same door as before. */
  setDoors(doors: readonly RememberedDoor[]): void {
    if (!this.#doors.set(doors)) return;
    const used = new Uint8Array(this.#doors.count);
    this.#first.markDoors(used);
    this.#further.markDoors(used);
    const moved = this.#doors.keepOnly(used);
    this.#first.moveDoors(moved);
    this.#further.moveDoors(moved);
  }

  /** When what comes now happened, monotonic. Not with each event: a number handed on that is no integer is an object. */
  setNow(nowMs: number): void {
    this.#first.nowMs = nowMs;
    this.#further.nowMs = nowMs;
  }

  /** First steps of this moment came in such number that they were not recorded. */
  forgot(): void {
    this.#first.forgot();
  }

  /** As the matcher tells it. */
  record(
    kind: told.MatchEventKind,
    doorIndex: number,
    stage: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    protocol: number,
    port: number,
  ): void {
    // A source that is banned may send anything: one line for all of it.
    const what = kind === told.BANNED ? packWhat(kind, 0, 0) : packWhat(kind, protocol, port);
    const door = this.#doors.number(doorIndex);
    const state = packState(stage);
    const further = this.#further;
    let place = further.find(w0, w1, w2, w3);
    if (place < 0 && stage >= FURTHER_FROM[kind]!) place = further.add(w0, w1, w2, w3);
    if (place < 0) this.#first.append(what, door, state, w0, w1, w2, w3);
    else further.append(place, what, door, state);
  }

  /** @param nowMs monotonic */
  decision(decision: Decision, nowMs: number): void {
    this.#decisions.append(decision, nowMs);
  }

  /** A packet for an SPA door that was refused. @param door undefined: a stranger's @param nowMs monotonic */
  spaRefused(
    refusal: SpaRefusal,
    door: string | undefined,
    source: Readonly<IpAddress>,
    nowMs: number,
  ): void {
    this.#packets.append(refusal, door, source, nowMs);
  }

  /** What is remembered of an address, or of all addresses of a prefix, and what it comes to. */
  explain(source: Prefix, facts: SourceFacts, now: Moment): Explanation {
    const events: RememberedEvent[] = [];
    const fits = prefixTest(source);
    this.#first.collect(fits, events);
    this.#further.collect(fits, events);
    const decisions = this.#decisions.collect((of) => prefixesMeet(source, of));
    const packets = this.#packets.collect(fits);
    const sinceMs = this.#first.sinceMs ?? this.#startMs;
    return explanationOf(
      { source, events, decisions, packets, sinceMs, doorOf: (number) => this.#doors.door(number) },
      facts,
      now,
    );
  }
}
