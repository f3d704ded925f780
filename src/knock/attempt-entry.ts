/**
 * What the cells of an attempt on one door hold: time of the first step, door, in META its stage, whether a knock is held,
 * and its strays; then when the held knock came and the mark of the packet accepted last.
 * Stage 0 is no attempt: the entry only says that the group's entry (first-steps) does not speak for this door.
 */

import { HELD_AT } from './source-ring.ts';

/** Cells beside the four address words. */
export const BAN_ENTRY = 3;
export const DOOR_ENTRY = 5;

export const STAGE_MASK = 0x3f;
export const HELD_BIT = 0x40;
export const STRAY_MASK = 0x3ff;
/** Where a door's entry has its strays. */
export const DOOR_STRAY_SHIFT = 8;

/** An early knock: the time, the step, how it came (META), and the strays since. */
export const EARLY_ENTRY = 4;
export const EARLY_STRAYS = HELD_AT;

/**
 * Entries that one source (one IPv6 /64) holds in a ring at most. Two laptops of one household knock at a few doors each;
 * a forger who owns a /64 gets no further with all of its addresses.
 */
export const MAX_ENTRIES_PER_SOURCE = 32;
