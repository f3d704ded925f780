/** The captures of all wanted interfaces, with one filter for all. */

import type { Logger } from '../base/logger.ts';
import { FrameList } from '../native/frame-list.ts';
import { ANY_DEVICE, type CaptureStats, LiveCapture, type OpenFailure } from '../native/live-capture.ts';
import { CaptureReader } from './capture-reader.ts';
import type { FilterSpec } from './filter-spec.ts';
import type { FrameBatch } from './frame-batch.ts';
import { InterfaceSlot } from './interface-slot.ts';
import type { NetworkInterface } from './interfaces.ts';
import { attachFilter } from './kernel-filter-fit.ts';

const MIN_RING_BYTES = 1 << 20;

const ANY_INTERFACE: NetworkInterface = {
  name: ANY_DEVICE,
  otherNames: [],
  index: 0,
  isUp: true,
  isLoopback: false,
  isEthernet: false,
};

export interface InterfaceSlotsOptions {
  readonly log: Logger;
  readonly onBatch: (batch: FrameBatch) => void;
  /** The rings of all interfaces together, resident memory. */
  readonly ringsBytes: number;
  /** A capture has ended; `update` opens it again. */
  readonly onFailed: () => void;
}

export interface InterfaceState {
  readonly name: string;
  /** Else it is waited for. */
  readonly isListening: boolean;
}

export class InterfaceSlots {
  readonly #options: InterfaceSlotsOptions;
  readonly #slots = new Map<string, InterfaceSlot>();
  /** One for all: a batch ends with the call that hands it on. */
  readonly #frames = new FrameList();
  #spec: FilterSpec;
  /** Of interfaces that are no longer wanted. */
  #past: CaptureStats = { received: 0, dropped: 0 };
  #lastRefusal: string | undefined;

  constructor(spec: FilterSpec, options: InterfaceSlotsOptions) {
    this.#spec = spec;
    this.#options = options;
  }

  /** Those that are waited for included. */
  get names(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Of each, in the same order. */
  get states(): readonly InterfaceState[] {
    return Array.from(this.#slots, ([name, { reader }]) => ({ name, isListening: reader !== undefined }));
  }

  /** Whether every capture that is open is still read; what had come by the last call counts. */
  beat(): boolean {
    return [...this.#slots.values()].map(({ reader }) => reader?.beat() ?? true).every((isLive) => isLive);
  }

  get isWaiting(): boolean {
    return [...this.#slots.values()].some(({ reader }) => reader === undefined);
  }

  /** @param isStart the caller says itself what is listened on */
  update(wanted: readonly string[], interfaces: readonly NetworkInterface[], isStart: boolean): void {
    for (const name of this.names) if (!wanted.includes(name)) this.#forget(name);
    const ringBytes = Math.max(MIN_RING_BYTES, Math.floor(this.#options.ringsBytes / wanted.length));
    for (const name of wanted) if (!this.#slots.has(name)) this.#add(name, ringBytes);
    for (const [name, slot] of this.#slots) slot.update(findInterface(interfaces, name), isStart);
  }

  /** For all at once. One that must be opened anew is, with the next update. */
  setFilter(spec: FilterSpec): void {
    const isLonger = spec.snapLengthBytes > this.#spec.snapLengthBytes;
    this.#spec = spec;
    for (const slot of this.#slots.values()) {
      if (slot.reader === undefined) continue;
      if (isLonger) slot.reopen();
      if (slot.reader !== undefined) this.#noteRefusal(slot.reader.setFilter(spec));
    }
  }

  stats(): CaptureStats {
    let { received, dropped } = this.#past;
    for (const slot of this.#slots.values()) {
      const sum = slot.stats();
      received += sum.received;
      dropped += sum.dropped;
    }
    return { received, dropped };
  }

  /** Once. */
  close(): void {
    for (const slot of this.#slots.values()) slot.close();
  }

  #add(name: string, ringBytes: number): void {
    const slot: InterfaceSlot = new InterfaceSlot(name, {
      log: this.#options.log,
      open: (found) => this.#open(found, ringBytes, () => slot.markFailed()),
    });
    this.#slots.set(name, slot);
  }

  #open(
    { index, isEthernet }: NetworkInterface,
    ringBytes: number,
    markFailed: () => void,
  ): CaptureReader | OpenFailure {
    const { snapLengthBytes } = this.#spec;
    const capture = LiveCapture.open({ interfaceIndex: index, isEthernet, snapLengthBytes, ringBytes });
    if ('kind' in capture) return capture;
    this.#noteRefusal(attachFilter(capture, this.#spec));
    const failure = capture.start();
    if (failure !== undefined) {
      capture.close();
      return failure;
    }
    const failed = () => {
      markFailed();
      this.#options.onFailed();
    };
    return new CaptureReader(capture, this.#frames, { batch: this.#options.onBatch, failed });
  }

  /** Without a filter all is well but the load, so that is said once. */
  #noteRefusal(refusal: string | undefined): void {
    if (refusal !== undefined && refusal !== this.#lastRefusal) {
      this.#options.log.log(
        'warning',
        `the kernel refused the packet filter: ${refusal}; all packets are looked at`,
      );
    }
    this.#lastRefusal = refusal;
  }

  #forget(name: string): void {
    const slot = this.#slots.get(name);
    if (slot === undefined) return;
    slot.close();
    this.#slots.delete(name);
    const { received, dropped } = slot.stats();
    this.#past = { received: this.#past.received + received, dropped: this.#past.dropped + dropped };
    this.#options.log.log('notice', `no longer listening on ${name}`);
  }
}

function findInterface(
  interfaces: readonly NetworkInterface[],
  wanted: string,
): NetworkInterface | undefined {
  if (wanted === ANY_DEVICE) return ANY_INTERFACE;
  return (
    interfaces.find(({ name }) => name === wanted) ??
    interfaces.find(({ otherNames }) => otherNames.includes(wanted))
  );
}
