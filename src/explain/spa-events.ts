/**
 * What became of packets for SPA doors that were refused. Those of strangers, of which anybody can send any number, lie
 * in a ring of numbers apart; those whose author has a key are few.
 */

import { formatWords, type IpAddress } from '../net/ip-address.ts';
import type { SpaRefusal } from '../spa/refusal.ts';

/** What anybody's packet may come to. */
const STRANGERS = ['shape', 'replay', 'bad-hmac'] as const;

export type StrangerReason = (typeof STRANGERS)[number];

const MOST_OF_STRANGERS = 4096;
const MOST_OF_KEYS = 1024;
/** Address, reason, and the time in whole milliseconds since `startMs`. */
const CELLS = 6;

export interface RefusedPacket {
  readonly source: IpAddress;
  /** Undefined: a stranger's. */
  readonly door: string | undefined;
  readonly refusal: SpaRefusal | { readonly reason: StrangerReason };
  /** Monotonic. */
  readonly timeMs: number;
}

export class SpaEvents {
  readonly #startMs: number;
  readonly #ring = new Int32Array(MOST_OF_STRANGERS * CELLS);
  readonly #ofKeys: RefusedPacket[] = [];
  #count = 0;

  /** @param startMs monotonic */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Allocates nothing for strangers. */
  append(refusal: SpaRefusal, door: string | undefined, source: Readonly<IpAddress>, nowMs: number): void {
    const code = STRANGERS.indexOf(refusal.reason as StrangerReason);
    if (code >= 0) {
      this.#appendStranger(code, source, nowMs);
      return;
    }
    this.#ofKeys.push({ source: { ...source }, door, refusal, timeMs: nowMs });
    if (this.#ofKeys.length > MOST_OF_KEYS) this.#ofKeys.shift();
  }

  /** In no order. */
  collect(fits: (w0: number, w1: number, w2: number, w3: number) => boolean): readonly RefusedPacket[] {
    const ofKeys = this.#ofKeys.filter(({ source: { w0, w1, w2, w3 } }) => fits(w0, w1, w2, w3));
    return [...this.#strangers(fits), ...ofKeys];
  }

  #appendStranger(code: number, { w0, w1, w2, w3 }: Readonly<IpAddress>, nowMs: number): void {
    const ring = this.#ring;
    const at = (this.#count++ % MOST_OF_STRANGERS) * CELLS;
    ring[at] = w0;
    ring[at + 1] = w1;
    ring[at + 2] = w2;
    ring[at + 3] = w3;
    ring[at + 4] = code;
    ring[at + 5] = nowMs - this.#startMs;
  }

  *#strangers(fits: (w0: number, w1: number, w2: number, w3: number) => boolean): Generator<RefusedPacket> {
    const ring = this.#ring;
    const end = Math.min(this.#count, MOST_OF_STRANGERS) * CELLS;
    for (let at = 0; at < end; at += CELLS) {
      const [w0, w1, w2, w3] = [ring[at]!, ring[at + 1]!, ring[at + 2]!, ring[at + 3]!];
      if (!fits(w0, w1, w2, w3)) continue;
      const refusal = { reason: STRANGERS[ring[at + 4]!]! };
      const timeMs = this.#startMs + (ring[at + 5]! >>> 0);
      yield { source: { w0, w1, w2, w3 }, door: undefined, refusal, timeMs };
    }
  }
}

export function sourceTextOf({ source: { w0, w1, w2, w3 } }: RefusedPacket): string {
  return formatWords(w0, w1, w2, w3);
}
