/** What happened to the source at hand, told to the sink. */

import type { AttemptTables } from './attempt-tables.ts';
import { type MatchEventKind, type MatchSink, OPENED, STAGE, TIMEOUT } from './match-event.ts';
import type { PacketAtHand } from './packet-at-hand.ts';

/** Doors of a group that are told of one by one; a thousand doors with one first step must not cost a thousand lines. */
const MAX_TOLD_DOORS = 8;

/**
 * Events of a batch, after which first steps and their ends are only counted: nobody reads what a flood does packet by packet,
 * and telling it costs nearly a third of a packet's time.
 */
const MANY_EVENTS = 64;

export class MatchTeller {
  /** Since the batch began. */
  hasOpened = false;
  #told = 0;
  #untoldSteps = 0;
  #untoldEnds = 0;
  readonly #sink: MatchSink;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;

  constructor(sink: MatchSink, hand: PacketAtHand, tables: AttemptTables) {
    this.#sink = sink;
    this.#hand = hand;
    this.#tables = tables;
  }

  /** What comes next comes together: packets that were read at once, or ends that a look at the tables finds. */
  beginBatch(): void {
    this.hasOpened = false;
    this.#told = 0;
  }

  /** First steps that were only counted since the last time. */
  takeUntoldSteps(): number {
    const count = this.#untoldSteps;
    this.#untoldSteps = 0;
    return count;
  }

  /** Attempts that ended at their first step and were only counted, since the last time. */
  takeUntoldEnds(): number {
    const count = this.#untoldEnds;
    this.#untoldEnds = 0;
    return count;
  }

  tell(kind: MatchEventKind, door: number, stage: number): void {
    const { w0, w1, w2, w3, protocol, dstPort } = this.#hand;
    if (kind === OPENED) this.hasOpened = true;
    this.#told++;
    this.#sink.matchEvent(kind, door, stage, w0, w1, w2, w3, protocol, dstPort);
  }

  /** What time did: whatever packet is at hand is not the cause. */
  tellOfTime(kind: MatchEventKind, door: number, stage: number): void {
    const { w0, w1, w2, w3 } = this.#hand;
    this.#told++;
    this.#sink.matchEvent(kind, door, stage, w0, w1, w2, w3, 0, 0);
  }

  /** False once the batch has told so much that first steps and their ends are only counted. */
  get isListening(): boolean {
    return this.#told < MANY_EVENTS;
  }

  countSteps(firstSteps: number): void {
    this.#untoldSteps += firstSteps;
  }

  countEnd(): void {
    this.#untoldEnds++;
  }

  /** Of those doors of a group for which the group's entry speaks: its first step. */
  tellFirstStep(members: readonly number[]): void {
    if (this.isListening) this.#tellMembers(STAGE, members);
    else this.countSteps(1);
  }

  /** The same of its end. */
  tellTimeout(members: readonly number[]): void {
    if (this.isListening) this.#tellMembers(TIMEOUT, members);
    else this.countEnd();
  }

  #tellMembers(kind: MatchEventKind, members: readonly number[]): void {
    let left = MAX_TOLD_DOORS;
    for (let i = 0; i < members.length && left > 0; i++) {
      if (members.length > 1 && this.#tables.ownStage(members[i]!) > 0) continue;
      if (kind === TIMEOUT) this.tellOfTime(kind, members[i]!, 1);
      else this.tell(kind, members[i]!, 1);
      left--;
    }
  }
}
