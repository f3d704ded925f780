/**
 * Which packets were taken already. Nothing that was taken once is taken again, whatever the clock does:
 * a packet is refused when it is remembered, and also when it is not newer than the newest one that was forgotten.
 *
 * Forgotten is what lies a day back, so that a clock may be set back by hours and no honest packet meets that rule.
 * The size is bounded. Only packets with a good HMAC get here, so strangers cannot fill it.
 */

import { SeenDigests, type SeenPacket } from './seen-digests.ts';

/** Two hundred a second over the usual age limit and both directions of the clock; 10 MB when full. */
const MAX_PACKETS = 65_536;

/** Clocks that are set back by less than this cost no honest packet. */
const RETENTION_S = 86_400;

/** Clients' clocks and the age limit's two sides are counted in whole seconds. */
const MARGIN_S = 2;

const FIRST_SWEEP = 1024;

/** What a judge needs of the cache. */
export interface ReplayMemory {
  mayHold(fingerprint: number): boolean;
  holds(digest: string): boolean;
  /** Whether packets of this time could have been taken and forgotten. */
  isForgotten(timeS: number): boolean;
  /** False when there is no room: the packet must be refused. */
  add(packet: SeenPacket, nowS: number): boolean;
}

export interface ReplayLimits {
  /** The largest age limit of all doors, seconds. */
  readonly maxAgeS: number;
  readonly maxPackets?: number;
}

export class ReplayWindow implements ReplayMemory {
  readonly #seen = new SeenDigests();
  readonly #maxAgeS: number;
  readonly #maxPackets: number;
  /** Packets up to this time may have been forgotten. */
  #floorS = 0;
  #sweepAt = FIRST_SWEEP;

  constructor({ maxAgeS, maxPackets = MAX_PACKETS }: ReplayLimits) {
    this.#maxAgeS = maxAgeS;
    this.#maxPackets = maxPackets;
  }

  get size(): number {
    return this.#seen.size;
  }

  get floorS(): number {
    return this.#floorS;
  }

  packets(): IterableIterator<SeenPacket> {
    return this.#seen.packets();
  }

  mayHold(fingerprint: number): boolean {
    return this.#seen.mayHold(fingerprint);
  }

  holds(digest: string): boolean {
    return this.#seen.holds(digest);
  }

  isForgotten(timeS: number): boolean {
    return timeS <= this.#floorS;
  }

  add(packet: SeenPacket, nowS: number): boolean {
    if (this.#seen.size >= Math.min(this.#sweepAt, this.#maxPackets)) this.#sweep(nowS);
    if (this.#seen.size >= this.#maxPackets) return false;
    this.#seen.add(packet);
    return true;
  }

  /** Takes what another window remembered, whether it is old or not. */
  restore(packet: SeenPacket): void {
    if (this.#seen.size < this.#maxPackets) this.#seen.add(packet);
    else this.raiseFloor(packet.timeS);
  }

  raiseFloor(timeS: number): void {
    this.#floorS = Math.max(this.#floorS, timeS);
  }

  /** Where a day's packets do not fit, those go that the age limit refuses anyway. */
  #sweep(nowS: number): void {
    this.#forgetBefore(nowS - Math.max(RETENTION_S, 2 * this.#maxAgeS));
    if (this.#seen.size >= this.#maxPackets) this.#forgetBefore(nowS - this.#maxAgeS - MARGIN_S);
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#seen.size);
  }

  #forgetBefore(timeS: number): void {
    for (const packet of this.#seen.packets()) {
      if (packet.timeS >= timeS) continue;
      this.#seen.delete(packet);
      this.raiseFloor(packet.timeS);
    }
  }
}
