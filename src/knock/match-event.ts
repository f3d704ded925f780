/** What the matcher tells about a packet or about time running out: one number a kind, so that telling allocates nothing. */

/** A step was accepted; `stage` is how many are now. */
export const STAGE = 0;
/** The last step was accepted: the door's action is due. */
export const OPENED = 1;
/** The knock repeats the step just accepted. */
export const DUPLICATE = 2;
/** The knock came one step too early and is held for the reorder window. */
export const HELD = 3;
/** Another step of the same door: the attempt, which stood at `stage`, ends. */
export const WRONG_STEP = 4;
/** The attempt, which stood at `stage`, is too old and ends. */
export const TIMEOUT = 5;
/** A knock-like packet that no door expected, of a source with an attempt; `stage` is how many it has made. */
export const STRAY = 6;
/** One stray too many: all attempts of the source end. */
export const SCAN = 7;
/** The source is banned: its packet was not looked at. `stage` is BY_HAND where somebody asked for it, else 0. */
export const BANNED = 8;
export const BY_HAND = 1;
/** The packet hit a step but has not the TCP flags of the door. */
export const OTHER_FLAGS = 9;
/** The packet hit a step but went to another destination than the door's. */
export const OTHER_TARGET = 10;
/** The packet hit a later step of some door, and its source has no attempt. */
export const UNEXPECTED = 11;

export type MatchEventKind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

export const MATCH_EVENT_NAMES: readonly string[] = [
  'stage',
  'opened',
  'duplicate',
  'held',
  'wrong step',
  'timeout',
  'stray',
  'scan',
  'banned',
  'other TCP flags',
  'other destination',
  'later step without the first',
];

/**
 * Told at once, from within the matcher: it must not call back into it. An object and no function: V8 compiles a call of a
 * method that is always the same into the way of a packet, and every closure is another function.
 */
export interface MatchSink {
  /**
   * `door` is the index in the list that the matcher was made with, or -1 where no door is meant; the four words are the
   * source. `protocol` (its number in the IP header) and `port` are the packet's; 0 where none but the time is the cause:
   * TIMEOUT, and what becomes of a held knock that waited in vain.
   */
  matchEvent(
    kind: MatchEventKind,
    door: number,
    stage: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    protocol: number,
    port: number,
  ): void;
}
