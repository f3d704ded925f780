/** Frames for the rehearsal: SYNs and datagrams over Ethernet, made once and changed in place. */

import type { FrameBatch } from '../capture/frame-batch.ts';
import { FrameList, MAX_FRAMES } from '../native/frame-list.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { isIpv4Address } from '../net/prefix.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { SYN } from '../net/tcp-flags.ts';
import { ETHERNET } from '../packet/link-type.ts';

/** Ethernet, IPv6, TCP. */
const SLOT_BYTES = 74;
const TYPE_AT = 12;
const IP_AT = 14;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const TCP_BYTES = 20;
const UDP_BYTES = 8;

export interface RehearsedPacket {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

export class RehearsalFrames {
  readonly batch: FrameBatch;
  readonly #view = new DataView(new ArrayBuffer(MAX_FRAMES * SLOT_BYTES));

  constructor() {
    this.batch = { view: this.#view, frames: new FrameList(), linkType: ETHERNET };
  }

  /** @param packets at most MAX_FRAMES @param wallMs when they came */
  fill(packets: readonly RehearsedPacket[], wallMs: number): void {
    const { frames } = this.batch;
    packets.forEach((packet, i) => {
      frames.starts[i] = i * SLOT_BYTES;
      frames.lengths[i] = this.#write(packet, i * SLOT_BYTES);
      frames.seconds[i] = Math.floor(wallMs / 1000);
      frames.microseconds[i] = (wallMs % 1000) * 1000;
    });
    frames.count = packets.length;
  }

  /** Gives the length. */
  #write(packet: RehearsedPacket, at: number): number {
    const view = this.#view;
    const { source, destination, protocol, port } = packet;
    const transportBytes = protocol === 'tcp' ? TCP_BYTES : UDP_BYTES;
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
    view.setUint32(transport + 4, protocol === 'tcp' ? source.w3 >>> 0 : UDP_BYTES << 16);
    if (protocol === 'tcp') view.setUint16(transport + 12, 0x5000 | SYN);
    return transport + transportBytes - at;
  }
}

function writeWords(view: DataView, at: number, { w0, w1, w2, w3 }: IpAddress): void {
  view.setInt32(at, w0);
  view.setInt32(at + 4, w1);
  view.setInt32(at + 8, w2);
  view.setInt32(at + 12, w3);
}
