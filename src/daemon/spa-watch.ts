/**
 * Captures what is sent to the ports of SPA doors, whole, apart from the knocks: packets that are five times as long
 * would leave no room for knocks in their ring, and neither can be starved by a flood of the other.
 */

import { wallMs } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { CaptureSet } from '../capture/capture-set.ts';
import type { FilterSpec } from '../capture/filter-spec.ts';
import type { FrameBatch } from '../capture/frame-batch.ts';
import type { InterfaceChoice } from '../config/config.ts';
import { AddressSet } from '../knock/address-set.ts';
import { type IpAddress, isIpv4 } from '../net/ip-address.ts';
import { UDP } from '../net/protocol.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';
import type { SpaDesk } from './spa-desk.ts';

/** Link header with two tags (22), IPv6 (40), extension headers, UDP (8), and the 1,500 characters of the longest packet. */
const SNAP_LENGTH_BYTES = 1726;

/** A packet takes 1,792 bytes of it: 9,200 packets, 46 ms at 200,000 a second on one interface. */
const RINGS_BYTES = 16 << 20;

/** The capture of knocks, on the same interfaces, tells what happens to them. */
const SILENT: Logger = { log: () => undefined };

export interface SpaWatchOptions {
  readonly desk: SpaDesk;
  readonly onlyIpv4: boolean;
}

export class SpaWatch {
  readonly #options: SpaWatchOptions;
  readonly #fields = new PacketFields();
  #capture: CaptureSet | undefined;
  #past = { received: 0, dropped: 0 };
  #own = new AddressSet([]);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(options: SpaWatchOptions) {
    this.#options = options;
  }

  /**
   * Listens for the desk's doors of this moment on these interfaces; not at all when there are none.
   * @throws OpError when capturing is not allowed
   */
  start(interfaces: InterfaceChoice): void {
    const before = this.#capture;
    this.#capture = undefined;
    if (this.#options.desk.ports.length > 0) {
      const capture = new CaptureSet({
        interfaces,
        ringsBytes: RINGS_BYTES,
        log: SILENT,
        onBatch: (batch) => this.take(batch),
        onAddresses: (own) => this.setOwnAddresses(own),
        filter: (own) => this.#filter(own),
      });
      capture.start();
      this.#capture = capture;
    }
    before?.close();
    if (before !== undefined) this.#forget(before);
  }

  /** Where packets go that name no target. A capture tells them by itself. */
  setOwnAddresses(own: readonly IpAddress[]): void {
    this.#own = new AddressSet(own);
  }

  /** Since the start. */
  stats(): { readonly received: number; readonly dropped: number } {
    const { received, dropped } = this.#capture?.stats() ?? { received: 0, dropped: 0 };
    return { received: this.#past.received + received, dropped: this.#past.dropped + dropped };
  }

  stop(): void {
    this.#capture?.close();
    if (this.#capture !== undefined) this.#forget(this.#capture);
    this.#capture = undefined;
  }

  /** What a capture gives. */
  take({ view, frames, linkType }: FrameBatch): void {
    const { desk, onlyIpv4 } = this.#options;
    const fields = this.#fields;
    const bytes = this.#bytesOf(view);
    const nowMs = wallMs();
    for (let i = 0; i < frames.count; i++) {
      if (decodeFrame(view, frames.starts[i]!, frames.lengths[i]!, linkType, fields) !== DECODED) continue;
      if (fields.protocol !== UDP || fields.payloadEnd === 0 || !desk.isOurs(fields.dstPort)) continue;
      if (onlyIpv4 && !isIpv4(fields.src0, fields.src1, fields.src2)) continue;
      const toOwn = this.#own.numberOf(fields.dst0, fields.dst1, fields.dst2, fields.dst3) !== 0;
      desk.packet(bytes, fields.payloadAt, fields.payloadEnd, fields, toOwn, nowMs);
    }
  }

  #forget(capture: CaptureSet): void {
    const { received, dropped } = capture.stats();
    this.#past = { received: this.#past.received + received, dropped: this.#past.dropped + dropped };
  }

  /** The same memory comes again and again. */
  #bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
    const known = this.#bytes;
    if (known.buffer === buffer && known.byteOffset === byteOffset) return known;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return this.#bytes;
  }

  #filter(own: readonly IpAddress[]): FilterSpec {
    const { desk, onlyIpv4 } = this.#options;
    return {
      synStrays: false,
      udpStrays: false,
      tcp: [],
      udp: desk.ports,
      ignore: [],
      addresses: [...own, ...desk.targets],
      ipv6: !onlyIpv4,
      snapLengthBytes: SNAP_LENGTH_BYTES,
    };
  }
}
