/**
 * Frames as capture hands them on: records one after the other in one piece of memory, read in place.
 *
 *     for (let i = 0, at = 0; i < batch.count; i++) {
 *       const length = batch.view.getUint32(at + RECORD_CAPTURED_AT, HOST_IS_LITTLE_ENDIAN);
 *       decodeFrame(batch.view, at + RECORD_HEADER_BYTES, length, batch.linkType, fields);
 *       at += RECORD_HEADER_BYTES + length;
 *     }
 */

import { endianness } from 'node:os';

/** The same object, and the same memory, for every batch: it means nothing after the call that brought it. */
export interface FrameBatch {
  readonly view: DataView;
  /** The records' bytes, from the start of `view`. */
  readonly lengthBytes: number;
  /** Records, at least 1. */
  readonly count: number;
  /** A libpcap link type. */
  readonly linkType: number;
}

/** Every number in a record's header has 32 bits, unsigned, in this host's byte order. */
export const HOST_IS_LITTLE_ENDIAN = endianness() === 'LE';
/** When the kernel saw the frame: seconds since 1970, and microseconds. */
export const RECORD_SECONDS_AT = 0;
export const RECORD_MICROSECONDS_AT = 4;
/** The number of bytes behind the header. */
export const RECORD_CAPTURED_AT = 8;
export const RECORD_HEADER_BYTES = 16;
