/**
 * Every packet that comes in on the wanted interfaces, less what the kernel filter keeps back, for as long as the
 * daemon runs: interfaces that are not there, go down, vanish or are renamed are waited for, and this host's addresses
 * are followed. What this host sends is never seen.
 */

import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { captureRefusal } from '../native/packet-socket.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import type { FilterSpec } from './filter-spec.ts';
import type { FrameBatch } from './frame-batch.ts';
import { ChosenInterfaces, type InterfaceChoice } from './interface-choice.ts';
import { InterfaceSlots, type InterfaceState } from './interface-slots.ts';
import { readDefaultRouteIndexes, readInterfaces } from './interfaces.ts';
import { NetworkNews } from './network-news.ts';
import { readOwnAddresses } from './own-addresses.ts';

/** Gives what the kernel passes, from this host's addresses. */
export type FilterMaker = (own: readonly IpAddress[]) => FilterSpec;

export interface CaptureSetOptions {
  readonly interfaces: InterfaceChoice;
  readonly log: Logger;
  readonly onBatch: (batch: FrameBatch) => void;
  /** The kernel's buffers for packets that wait, of all interfaces together; resident memory. */
  readonly ringsBytes: number;
  /** From within `start`, and whenever the addresses have changed. */
  readonly onAddresses: (own: readonly IpAddress[]) => void;
  readonly filter: FilterMaker;
}

export class CaptureSet {
  readonly #options: CaptureSetOptions;
  readonly #chosen: ChosenInterfaces;
  #filter: FilterMaker;
  #own: readonly IpAddress[] = [];
  #ownText = '';
  #slots: InterfaceSlots | undefined;
  #news: NetworkNews | undefined;
  /** Of the time before `close`. */
  #last = { received: 0, dropped: 0 };
  #lastComplaint: string | undefined;

  constructor(options: CaptureSetOptions) {
    this.#options = options;
    this.#chosen = new ChosenInterfaces(options.interfaces);
    this.#filter = options.filter;
  }

  /** The wanted interfaces, those that are waited for included; empty while `auto` has found none. */
  get names(): readonly string[] {
    return this.#slots?.names ?? [];
  }

  get states(): readonly InterfaceState[] {
    return this.#slots?.states ?? [];
  }

  /** Whether every capture that is open is still read; what had come by the last call counts. */
  beat(): boolean {
    return this.#slots?.beat() ?? true;
  }

  /** @throws OpError when capturing is not allowed. An interface that is missing is no error. */
  start(): void {
    refuseWithoutPermission();
    try {
      // Before the first look, so that nothing is missed in between.
      this.#news = new NetworkNews(this.#chosen.needsRoutes, () => this.#refresh());
      this.#readAddresses();
      this.#slots = new InterfaceSlots(this.#filter(this.#own), {
        log: this.#options.log,
        onBatch: this.#options.onBatch,
        ringsBytes: this.#options.ringsBytes,
        onFailed: () => this.#news?.soon(),
      });
      this.#updateInterfaces(true);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Replaces the filter, as after a reload. */
  setFilter(filter: FilterMaker): void {
    this.#filter = filter;
    this.#slots?.setFilter(filter(this.#own));
    if (this.#slots?.isWaiting) this.#news?.soon();
  }

  /** Since `start`, over all interfaces: what the filter passed, and how much of it was lost for lack of room. */
  stats(): { readonly received: number; readonly dropped: number } {
    return this.#slots?.stats() ?? this.#last;
  }

  close(): void {
    this.#news?.close();
    this.#news = undefined;
    this.#slots?.close();
    this.#last = this.stats();
    this.#slots = undefined;
  }

  #refresh(): void {
    try {
      if (this.#readAddresses()) this.#slots?.setFilter(this.#filter(this.#own));
      this.#updateInterfaces(false);
      this.#lastComplaint = undefined;
    } catch (error) {
      this.#complain(messageOf(error));
      this.#news?.later();
    }
  }

  /** Whether they are others than before. */
  #readAddresses(): boolean {
    const own = readOwnAddresses();
    const text = own.map(formatIpAddress).sort().join(' ');
    if (text === this.#ownText) return false;
    this.#own = own;
    this.#ownText = text;
    this.#options.onAddresses(own);
    return true;
  }

  #updateInterfaces(isStart: boolean): void {
    const slots = this.#slots;
    if (slots === undefined) return;
    const interfaces = readInterfaces();
    const routed = this.#chosen.needsRoutes ? readDefaultRouteIndexes() : new Set<number>();
    const wanted = this.#chosen.update(interfaces, routed);
    slots.update(wanted, interfaces, isStart);
    if (wanted.length > 0 && !slots.isWaiting) return;
    this.#news?.later();
    if (wanted.length === 0 && isStart) this.#complain('waiting for an interface with a default route');
  }

  #complain(message: string): void {
    if (message !== this.#lastComplaint) this.#options.log.log('warning', message);
    this.#lastComplaint = message;
  }
}

/** @throws OpError that names the capability, where this process may not capture packets */
export function refuseWithoutPermission(): void {
  const code = captureRefusal();
  if (code === undefined) return;
  const hint =
    code === 'EPERM' || code === 'EACCES'
      ? 'capturing packets needs CAP_NET_RAW: run it as root, or grant it by AmbientCapabilities= in the unit or by setcap'
      : 'capturing packets needs sockets of the family AF_PACKET';
  throw new OpError({ op: 'open', target: 'a packet socket', code, hint });
}
