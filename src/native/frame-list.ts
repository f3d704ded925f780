/** Where the frames of a batch lie in a piece of memory, and when they were seen; written anew for every batch. */

/** Enough that what a batch costs by itself does not count; the lists stay in the processor's first cache. */
export const MAX_FRAMES = 512;

export class FrameList {
  count = 0;
  /** Of the link header, in bytes from the start of the memory. */
  readonly starts = new Int32Array(MAX_FRAMES);
  /** Captured bytes. */
  readonly lengths = new Int32Array(MAX_FRAMES);
  /** Since 1970. */
  readonly seconds = new Uint32Array(MAX_FRAMES);
  /** Within the second. */
  readonly microseconds = new Int32Array(MAX_FRAMES);
}
