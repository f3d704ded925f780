/** Frames for the rehearsal: SYNs and datagrams over Ethernet, made once and changed in place. */

import type { FrameBatch } from '../capture/frame-batch.ts';
import { FrameList } from '../native/frame-list.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { isIpv4Address } from '../net/prefix.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { SYN } from '../net/tcp-flags.ts';
import { ETHERNET } from '../packet/link-type.ts';

/** Ethernet, IPv6, TCP. */
const HEADERS_BYTES = 74;
const TYPE_AT = 12;
const IP_AT = 14;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const UDP_BYTES = 8;

/** So that they come on both sides of what the clock says: packets of a batch may be newer than its last tick. */
const BETWEEN_MS = 0.06;

const NOTHING = new Uint8Array(0);

export interface RehearsedPacket {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Of a datagram; nothing when left out. */
  readonly payload?: Uint8Array;
}

export class RehearsalFrames {
  readonly batch: FrameBatch;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #slotBytes: number;

  /** @param packets at most so many in a batch, MAX_FRAMES or fewer */
  constructor(packets: number, payloadBytes = 0) {
    this.#slotBytes = HEADERS_BYTES + payloadBytes;
    this.#bytes = new Uint8Array(packets * this.#slotBytes);
    this.#view = new DataView(this.#bytes.buffer);
    this.batch = { view: this.#view, frames: new FrameList(), linkType: ETHERNET };
  }

  /** @param wallMs by a clock of whole milliseconds: some of the packets come up to two of them later, the others before */
  fill(packets: readonly RehearsedPacket[], wallMs: number): void {
    const { frames } = this.batch;
    packets.forEach((packet, i) => {
      const stampMs = wallMs + 1.9 - (packets.length - 1 - i) * BETWEEN_MS;
      frames.starts[i] = i * this.#slotBytes;
      frames.lengths[i] = this.#write(packet, i * this.#slotBytes);
      frames.seconds[i] = Math.floor(stampMs / 1000);
      frames.microseconds[i] = (stampMs % 1000) * 1000;
    });
    frames.count = packets.length;
  }

  /** Gives the length. */
  #write(packet: RehearsedPacket, at: number): number {
    const view = this.#view;
    const { source, destination, protocol, port, payload = NOTHING } = packet;
    const transportBytes = protocol === 'tcp' ? TCP_BYTES : UDP_BYTES + payload.length;
    const number = protocol === 'tcp' ? TCP : UDP;
    const ip = at + IP_AT;
    const isFour = isIpv4Address(source);
    const transport = ip + (isFour ? IPV4_BYTES : IPV6_BYTES);
    view.setUint16(at + TYPE_AT, isFour ? 0x0800 : 0x86dd);
    if (isFour) {
      view.setUint32(ip, 0x45000000 | (IPV4_BYTES + transportBytes));
      view.setUint32(ip + 4, 0);
      view.setUint32(ip + 8, number << 16);
      view.setInt32(ip + 12, source.w3);
      view.setInt32(ip + 16, destination.w3);
    } else {
      view.setUint32(ip, 0x60000000);
      view.setUint32(ip + 4, (transportBytes << 16) | (number << 8));
      writeWords(view, ip + 8, source);
      writeWords(view, ip + 24, destination);
    }
    view.setUint16(transport, 40_000);
    view.setUint16(transport + 2, port);
    view.setUint32(transport + 4, protocol === 'tcp' ? source.w3 >>> 0 : transportBytes << 16);
    if (protocol === 'tcp') view.setUint16(transport + 12, 0x5000 | SYN);
    else this.#bytes.set(payload, transport + UDP_BYTES);
    return transport + transportBytes - at;
  }
}

function writeWords(view: DataView, at: number, { w0, w1, w2, w3 }: IpAddress): void {
  view.setInt32(at, w0);
  view.setInt32(at + 4, w1);
  view.setInt32(at + 8, w2);
  view.setInt32(at + 12, w3);
}
