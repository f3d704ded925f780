/** One event as the rings hold it: three cells and a time. */

import type { MatchEventKind } from '../knock/match-event.ts';

/** Kind, protocol and port. */
export const WHAT = 0;
/** The door's number, -1 for none. */
export const DOOR = 1;
/** The event's stage and, above it, how often it came again in a row. */
export const STATE = 2;
export const EVENT_CELLS = 3;

const PROTOCOL_SHIFT = 8;
const PORT_SHIFT = 16;
const STAGE_MASK = 0xffff;
const REPEAT_SHIFT = 16;
const MOST_REPEATS = 0x7fff;

export interface RememberedEvent {
  readonly kind: MatchEventKind;
  readonly protocol: number;
  readonly port: number;
  readonly door: number;
  readonly stage: number;
  /** 1 for an event that came once; goes no further than 32,768. */
  readonly count: number;
  /** Monotonic milliseconds. */
  readonly timeMs: number;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

export function packWhat(kind: MatchEventKind, protocol: number, port: number): number {
  return kind | (protocol << PROTOCOL_SHIFT) | (port << PORT_SHIFT);
}

export function packState(stage: number): number {
  return stage & STAGE_MASK;
}

/** One more of the same. */
export function repeated(state: number): number {
  return state >>> REPEAT_SHIFT < MOST_REPEATS ? state + (1 << REPEAT_SHIFT) : state;
}

export function stageOf(state: number): number {
  return state & STAGE_MASK;
}

export function unpackEvent(
  cells: Int32Array,
  at: number,
): Pick<RememberedEvent, 'kind' | 'protocol' | 'port' | 'door' | 'stage' | 'count'> {
  const what = cells[at + WHAT]!;
  const state = cells[at + STATE]!;
  return {
    kind: (what & 0xff) as MatchEventKind,
    protocol: (what >>> PROTOCOL_SHIFT) & 0xff,
    port: what >>> PORT_SHIFT,
    door: cells[at + DOOR]!,
    stage: stageOf(state),
    count: (state >>> REPEAT_SHIFT) + 1,
  };
}
