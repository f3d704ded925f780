/** Capture files of forged knocks for the generator. */

import { writeFileSync } from 'node:fs';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** Ethernet, IPv4, TCP, and padding to the least that a wire carries. */
const FRAME_BYTES = 60;
/** Ethernet, IPv6, TCP. */
const FRAME_BYTES_6 = 74;

export interface FloodWish {
  readonly packets: number;
  /** Different source addresses, from 11.0.0.0 on. */
  readonly sources: number;
  /** Destination ports in turn. */
  readonly ports: readonly number[];
  /** Four bytes, or sixteen: then the sources are of different /64s. */
  readonly destination: Uint8Array;
  readonly mac: Uint8Array;
  /** Time between packets, for playing in real time. */
  readonly gapMs?: number;
  /** The first source's number. */
  readonly firstSource?: number;
}

/** TCP SYNs. Checksums of TCP are left out: nothing that listens at the link layer looks at them. */
export function writeFlood(path: string, wish: FloodWish): void {
  const { packets, sources, ports, gapMs = 0, firstSource = 0 } = wish;
  const isSix = wish.destination.length === 16;
  const frameBytes = isSix ? FRAME_BYTES_6 : FRAME_BYTES;
  const file = new Uint8Array(FILE_HEADER_BYTES + packets * (RECORD_HEADER_BYTES + frameBytes));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint32(4, 0x00020004);
  view.setUint32(16, 65_535);
  view.setUint32(20, 1);
  for (let i = 0, at = FILE_HEADER_BYTES; i < packets; i++) {
    const timeMs = i * gapMs;
    view.setUint32(at, Math.floor(timeMs / 1000));
    view.setUint32(at + 4, Math.floor((timeMs % 1000) * 1000));
    view.setUint32(at + 8, frameBytes);
    view.setUint32(at + 12, frameBytes);
    at += RECORD_HEADER_BYTES;
    const source = 0x0b000000 + firstSource + (i % sources);
    const write = isSix ? writeFrame6 : writeFrame4;
    write(view, file, at, source, ports[i % ports.length]!, wish);
    at += frameBytes;
  }
  writeFileSync(path, file);
}

function writeFrame4(
  view: DataView,
  file: Uint8Array,
  at: number,
  source: number,
  port: number,
  { mac, destination }: FloodWish,
): void {
  file.set(mac, at);
  file.set([2, 0, 0, 0, 0, 1], at + 6);
  view.setUint16(at + 12, 0x0800);
  const ip = at + 14;
  view.setUint16(ip, 0x4500);
  view.setUint16(ip + 2, 40);
  view.setUint16(ip + 8, 0x4006);
  view.setUint32(ip + 12, source);
  file.set(destination, ip + 16);
  view.setUint16(ip + 10, ipChecksum(view, ip));
  writeSyn(view, ip + 20, source, port);
}

/** RFC 8200. The source's number is in its /64 prefix, mixed so that neighbours are not alike. */
function writeFrame6(
  view: DataView,
  file: Uint8Array,
  at: number,
  source: number,
  port: number,
  { mac, destination }: FloodWish,
): void {
  file.set(mac, at);
  file.set([2, 0, 0, 0, 0, 1], at + 6);
  view.setUint16(at + 12, 0x86dd);
  const ip = at + 14;
  view.setUint32(ip, 0x60000000);
  view.setUint16(ip + 4, 20);
  view.setUint16(ip + 6, 0x0640);
  view.setUint32(ip + 8, 0x20010db8);
  view.setUint32(ip + 12, Math.imul(source, 0x9e3779b1));
  view.setUint32(ip + 20, 1);
  file.set(destination, ip + 24);
  writeSyn(view, ip + 40, source, port);
}

function writeSyn(view: DataView, tcp: number, source: number, port: number): void {
  view.setUint16(tcp, 1024 + (source & 0x7fff));
  view.setUint16(tcp + 2, port);
  view.setUint32(tcp + 4, source);
  view.setUint16(tcp + 12, 0x5002);
  view.setUint16(tcp + 14, 1024);
}

/** RFC 1071, with the field itself still 0. */
function ipChecksum(view: DataView, ip: number): number {
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += view.getUint16(ip + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
