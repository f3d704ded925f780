/**
 * Reads one open capture on the event loop. A packet that comes alone is read at once. When packets keep coming, the
 * reader stops being woken for each and looks by itself every few milliseconds, and it leaves the event loop its turn
 * after a bounded number of packets, so that timers and signals are served under any load.
 */

import { monotonicMs } from '../base/clock.ts';
import { type FrameList, MAX_FRAMES } from '../native/frame-list.ts';
import type { CaptureStats, LiveCapture } from '../native/live-capture.ts';
import { ReadWatch } from '../native/poll.ts';
import type { FilterSpec } from './filter-spec.ts';
import type { FrameBatch } from './frame-batch.ts';
import { attachFilter } from './kernel-filter-fit.ts';
import { Liveness } from './liveness.ts';

/** Wake-ups that follow each other sooner than this are a run. A wake-up costs as much as reading 100 packets. */
const RUN_GAP_MS = 2;
/** Long enough that the packets of a knock never make a run. */
const RUN_LENGTH = 32;
/** Between two looks during a run: what it adds to the latency of a packet. */
const LOOK_MS = 2;
/** The same while a look finds a whole batch: waking up costs as much as it did, for more packets. */
const BUSY_LOOK_MS = 5;
/** In one turn of the event loop: some 4,000 packets, a millisecond at most. */
const MAX_BATCHES = 8;

export interface CaptureReaderEvents {
  readonly batch: (batch: FrameBatch) => void;
  /** Nothing more comes; the reader waits to be closed. */
  readonly failed: () => void;
}

/** 'many': a whole batch or more. 'plenty': and there may be more than what was read. */
type Found = 'none' | 'some' | 'many' | 'plenty';

export class CaptureReader {
  readonly #capture: LiveCapture;
  readonly #batch: FrameBatch;
  readonly #events: CaptureReaderEvents;
  readonly #watch: ReadWatch;
  readonly #liveness = new Liveness();
  #looks = 0;
  #runLength = 0;
  #lastWakeUpMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isClosed = false;

  /**
   * @param capture already started
   * @param frames may be shared by readers, since a batch ends with the call that hands it on
   */
  constructor(capture: LiveCapture, frames: FrameList, events: CaptureReaderEvents) {
    this.#capture = capture;
    this.#batch = { view: capture.view, frames, linkType: capture.linkType };
    this.#events = events;
    this.#watch = new ReadWatch(
      capture.fd,
      () => this.#wakeUp(),
      () => this.#fail(),
    );
  }

  get snapLengthBytes(): number {
    return this.#capture.snapLengthBytes;
  }

  /** @returns an errno name when not even the smallest filter is accepted: every packet is passed then */
  setFilter(spec: FilterSpec): string | undefined {
    return attachFilter(this.#capture, spec);
  }

  /** Since it was opened, modulo 2^32. */
  stats(): CaptureStats {
    return this.#capture.stats();
  }

  /** Whether what had come by the last call has been looked for since. */
  beat(): boolean {
    return this.#liveness.beat(this.stats().received, this.#looks);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#watch.close();
    this.#capture.close();
  }

  #wakeUp(): void {
    const nowMs = monotonicMs();
    this.#runLength = nowMs - this.#lastWakeUpMs < RUN_GAP_MS ? this.#runLength + 1 : 0;
    this.#lastWakeUpMs = nowMs;
    const found = this.#read();
    if (found === 'some' && this.#runLength < RUN_LENGTH) return;
    if (this.#isClosed || found === 'none') return;
    this.#watch.pause();
    this.#lookAgain(found);
  }

  #look(): void {
    const found = this.#read();
    if (this.#isClosed) return;
    if (found !== 'none') {
      this.#lookAgain(found);
    } else {
      this.#runLength = 0;
      this.#watch.resume();
    }
  }

  #lookAgain(found: Found): void {
    if (found === 'plenty') this.#immediate = setImmediate(() => this.#look());
    else this.#timer = setTimeout(() => this.#look(), found === 'many' ? BUSY_LOOK_MS : LOOK_MS).unref();
  }

  #read(): Found {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const count = this.#readBatch();
      if (count === MAX_FRAMES && !this.#isClosed) continue;
      if (batches > 0) return 'many';
      return count === 0 ? 'none' : 'some';
    }
    return 'plenty';
  }

  #readBatch(): number {
    this.#looks++;
    const count = this.#capture.read(this.#batch.frames);
    if (count === 0) return 0;
    try {
      this.#events.batch(this.#batch);
    } finally {
      this.#capture.giveBack();
    }
    return count;
  }

  #fail(): void {
    if (!this.#isClosed) this.#events.failed();
  }
}
