/**
 * From openings and closings to spans. The log may lack either: a grant ends with its closing, else at the end that its
 * opening named, else nobody knows.
 */

import type { Lanes } from './lanes.ts';
import { ownCopy } from './tally.ts';

/** As many doors as a daemon holds open would be too many to draw. */
const MAX_OPEN = 65_536;

interface OpenGrant {
  readonly door: string;
  readonly source: string;
  readonly startMs: number;
  endsMs: number | undefined;
}

export class GrantSpans {
  readonly #lanes: Lanes;
  readonly #open = new Map<string, OpenGrant>();
  /** Doors of which a closing was seen: what they open, they close. */
  readonly #closing = new Set<string>();

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  /** @param endsMs undefined where the log names no end */
  opened(door: string, source: string, atMs: number, endsMs: number | undefined): void {
    const key = keyOf(door, source);
    const before = this.#open.get(key);
    // Its closing is not in the log: the daemon opens anew only what is shut.
    if (before !== undefined) this.#end(key, before, endBefore(before, atMs));
    if (this.#open.size >= MAX_OPEN) this.#endOldest(atMs);
    this.#open.set(ownCopy(key), { door: ownCopy(door), source: ownCopy(source), startMs: atMs, endsMs });
  }

  /** Also what the log's beginning has left out, or a daemon that found it in its journal. */
  goesOn(door: string, source: string, atMs: number, endsMs: number | undefined): void {
    const known = this.#open.get(keyOf(door, source));
    if (known !== undefined) known.endsMs = endsMs;
    else if (endsMs !== undefined) this.opened(door, source, atMs, endsMs);
  }

  closing(door: string, source: string, atMs: number): void {
    if (this.#closing.size < MAX_OPEN) this.#closing.add(ownCopy(door));
    const key = keyOf(door, source);
    const grant = this.#open.get(key);
    if (grant !== undefined) this.#end(key, grant, Math.max(atMs, grant.startMs));
  }

  /** It did not open after all. Gives whether it was thought to. */
  undo(door: string, source: string): boolean {
    return this.#open.delete(keyOf(door, source));
  }

  /** At the end of the period. */
  finish(untilMs: number): void {
    for (const [key, grant] of this.#open) {
      const { endsMs, door } = grant;
      const isOpen = endsMs === undefined ? this.#closing.has(door) : endsMs > untilMs;
      this.#end(key, grant, isOpen ? untilMs : endsMs, isOpen);
    }
  }

  #end(key: string, { door, source, startMs }: OpenGrant, endMs: number | undefined, isOpen = false): void {
    this.#open.delete(key);
    this.#lanes.add(door, source, startMs, { endMs, isOpen });
  }

  #endOldest(atMs: number): void {
    const [oldest] = this.#open;
    if (oldest !== undefined) this.#end(oldest[0], oldest[1], endBefore(oldest[1], atMs));
  }
}

function endBefore({ endsMs }: OpenGrant, atMs: number): number | undefined {
  return endsMs === undefined || endsMs > atMs ? undefined : endsMs;
}

function keyOf(door: string, source: string): string {
  return `${source} ${door}`;
}
