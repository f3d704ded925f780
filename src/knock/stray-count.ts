/** Packets that no door expected: how many each attempt has seen, and the end of a source that scans (rule 7). */

import { DOOR_STRAY_SHIFT, STAGE_MASK, STRAY_MASK } from './attempt-entry.ts';
import type { AttemptTables } from './attempt-tables.ts';
import type { AttemptTime } from './attempt-time.ts';
import type { Bans } from './bans.ts';
import type { DoorIndex } from './door-index.ts';
import { SCAN, STRAY } from './match-event.ts';
import type { MatchTeller } from './match-teller.ts';
import type { PacketAtHand } from './packet-at-hand.ts';
import { META, type SourceRing } from './source-ring.ts';

export interface StrayCountOptions {
  readonly index: DoorIndex;
  readonly hand: PacketAtHand;
  readonly tables: AttemptTables;
  readonly teller: MatchTeller;
  readonly time: AttemptTime;
  readonly bans: Bans;
  readonly maxStrays: number;
}

export class StrayCount {
  readonly #index: DoorIndex;
  readonly #hand: PacketAtHand;
  readonly #tables: AttemptTables;
  readonly #teller: MatchTeller;
  readonly #time: AttemptTime;
  readonly #bans: Bans;
  readonly #maxStrays: number;

  constructor(options: StrayCountOptions) {
    this.#index = options.index;
    this.#hand = options.hand;
    this.#tables = options.tables;
    this.#teller = options.teller;
    this.#time = options.time;
    this.#bans = options.bans;
    this.#maxStrays = options.maxStrays;
  }

  /** The packet at hand is a stray of its source. */
  count(): void {
    const tables = this.#tables;
    if (!tables.find()) return;
    let worst = 0;
    for (let i = 0; i < tables.firstCount; i++)
      worst = Math.max(worst, this.#addToGroup(tables.foundFirst[i]!));
    for (let i = 0; i < tables.middleCount; i++)
      worst = Math.max(worst, this.#addToDoor(tables.middle, tables.foundMiddle[i]!));
    for (let i = 0; i < tables.deepCount; i++)
      worst = Math.max(worst, this.#addToDoor(tables.deep, tables.foundDeep[i]!));
    if (worst === 0) return;
    this.#teller.tell(STRAY, -1, worst);
    if (worst > this.#maxStrays) this.#endAsScan(worst);
  }

  /** The strays of an attempt, this one included; 0 when the entry is over or no attempt. */
  #addToGroup(entry: number): number {
    const { first } = this.#tables;
    const group = first.groupOf(entry);
    if (group < 0 || this.#time.firstLeft(entry) < 0 || this.#speaksForNone(group)) return 0;
    const strays = Math.min(first.straysOf(entry) + 1, STRAY_MASK);
    first.setStrays(entry, strays);
    return strays;
  }

  #addToDoor(ring: SourceRing, entry: number): number {
    if (ring.isLive(entry)) this.#time.settle(ring, entry);
    if (!ring.isLive(entry) || this.#isOver(ring, entry)) return 0;
    if ((ring.cells[entry + META]! & STAGE_MASK) === 0) return 0;
    return this.#add(ring, entry);
  }

  #isOver(ring: SourceRing, entry: number): boolean {
    return this.#hand.age(ring, entry) > this.#time.timeoutOf(ring, entry);
  }

  #add({ cells }: SourceRing, entry: number): number {
    const meta = cells[entry + META]!;
    const strays = Math.min(((meta >> DOOR_STRAY_SHIFT) & STRAY_MASK) + 1, STRAY_MASK);
    cells[entry + META] = (meta & ~(STRAY_MASK << DOOR_STRAY_SHIFT)) | (strays << DOOR_STRAY_SHIFT);
    return strays;
  }

  /** Every door of the group has an entry of its own, so the group's entry is no attempt of any. */
  #speaksForNone(group: number): boolean {
    const { middleCount, ownersMiddle, deepCount, ownersDeep } = this.#tables;
    const { groupOf, groupSize } = this.#index;
    let own = 0;
    for (let i = 0; i < middleCount; i++) if (groupOf[ownersMiddle[i]!] === group) own++;
    for (let i = 0; i < deepCount; i++) if (groupOf[ownersDeep[i]!] === group) own++;
    return own >= groupSize[group]!;
  }

  #endAsScan(strays: number): void {
    const tables = this.#tables;
    for (let i = 0; i < tables.firstCount; i++) tables.first.remove(tables.foundFirst[i]!);
    for (let i = 0; i < tables.middleCount; i++) tables.middle.remove(tables.foundMiddle[i]!);
    for (let i = 0; i < tables.deepCount; i++) tables.deep.remove(tables.foundDeep[i]!);
    this.#bans.ban();
    this.#teller.tell(SCAN, -1, strays);
  }
}
