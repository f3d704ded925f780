/**
 * Frames as capture hands them on: somewhere in one piece of memory, read in place.
 *
 *     const { starts, lengths, count } = batch.frames;
 *     for (let i = 0; i < count; i++) decodeFrame(batch.view, starts[i], lengths[i], batch.linkType, fields);
 */

import { endianness } from 'node:os';
import type { FrameList } from '../native/frame-list.ts';

/** The same memory for every batch: it means nothing after the call that brought it. */
export interface FrameBatch {
  readonly view: DataView;
  /** At least one. */
  readonly frames: FrameList;
  /** A libpcap link type. */
  readonly linkType: number;
}

export const HOST_IS_LITTLE_ENDIAN = endianness() === 'LE';
