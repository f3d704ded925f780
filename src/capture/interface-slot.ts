/** One wanted interface over the time of the daemon: opened when it is up, closed when it is not, opened again. */

import { monotonicMs } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CaptureStats, OpenFailure } from '../native/live-capture.ts';
import type { CaptureReader } from './capture-reader.ts';
import type { NetworkInterface } from './interfaces.ts';
import { PacketTotals } from './packet-totals.ts';

export interface InterfaceSlotOptions {
  readonly log: Logger;
  /** As the kernel has it now. */
  readonly open: (found: NetworkInterface) => CaptureReader | OpenFailure;
}

interface OpenInterface {
  readonly reader: CaptureReader;
  readonly found: NetworkInterface;
  readonly sinceMs: number;
}

/** An interface that was switched off and on again fails once, not twice within this. */
const QUICK_FAILURE_MS = 1000;

export class InterfaceSlot {
  readonly name: string;
  readonly #totals = new PacketTotals();
  readonly #options: InterfaceSlotOptions;
  #open: OpenInterface | undefined;
  #hasFailed = false;
  #hasListened = false;
  /** The last one said, so that each is said once. */
  #complaint: string | undefined;

  constructor(name: string, options: InterfaceSlotOptions) {
    this.name = name;
    this.#options = options;
  }

  get reader(): CaptureReader | undefined {
    return this.#open?.reader;
  }

  /** The reader has nothing more to give; the next update opens another. */
  markFailed(): void {
    this.#hasFailed = true;
  }

  /**
   * @param found the interface of this name as it is now
   * @param isStart the caller says itself what is listened on
   */
  update(found: NetworkInterface | undefined, isStart: boolean): void {
    const open = this.#open;
    const isSame = open !== undefined && found?.index === open.found.index;
    if (open !== undefined && !(isSame && found?.isUp && !this.#hasFailed)) {
      this.close();
      const state = isSame && !found?.isUp ? 'down' : 'gone';
      this.#complain(`interface '${this.name}' is ${state}, waiting for it`);
      // What fails as soon as it is open is left alone until the next look.
      if (isSame && found?.isUp && monotonicMs() - open.sinceMs < QUICK_FAILURE_MS) return;
    }
    if (this.#open !== undefined) return;
    if (found?.isUp) this.#tryOpen(found, isStart);
    else if (!this.#hasListened) this.#complain(`waiting for interface '${this.name}'`);
  }

  /** With what has changed about how it is opened. */
  reopen(): void {
    const found = this.#open?.found;
    if (found === undefined) return;
    this.close();
    this.#tryOpen(found, true);
  }

  /** Over every time that it was open. */
  stats(): CaptureStats {
    return this.reader === undefined ? this.#totals.sum : this.#totals.update(this.reader.stats());
  }

  close(): void {
    const reader = this.reader;
    if (reader === undefined) return;
    this.#totals.update(reader.stats());
    this.#totals.restart();
    reader.close();
    this.#open = undefined;
    this.#hasFailed = false;
  }

  #tryOpen(found: NetworkInterface, isStart: boolean): void {
    const reader = this.#options.open(found);
    if ('kind' in reader) {
      this.#complain(this.#failureText(reader));
      return;
    }
    this.#open = { reader, found, sinceMs: monotonicMs() };
    if (!isStart) {
      this.#options.log.log('notice', `listening on ${this.name}${this.#hasListened ? ' again' : ''}`);
    }
    this.#hasListened = true;
    this.#complaint = undefined;
  }

  /** Between the kernel's word and the attempt it may have gone again. */
  #failureText({ kind, message }: OpenFailure): string {
    if (kind === 'missing' || kind === 'down') return `waiting for interface '${this.name}'`;
    return `cannot listen on '${this.name}': ${message || kind}; trying again`;
  }

  #complain(message: string): void {
    if (message !== this.#complaint) this.#options.log.log('warning', message);
    this.#complaint = message;
  }
}
