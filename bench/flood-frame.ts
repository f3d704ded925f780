/** Frames of TCP SYNs, written into a buffer. Checksums of TCP are left out: nothing at the link layer looks at them. */

import { formatWords, MAPPED_WORD } from '../src/net/ip-address.ts';

/** Ethernet, IPv4, TCP, and padding to the least that a wire carries. */
const FRAME_BYTES = 60;
/** Ethernet, IPv6, TCP. */
const FRAME_BYTES_6 = 74;

/** 2001:db8::/32, for documentation (RFC 3849). */
const SOURCE_WORD_6 = 0x20010db8;

/** 11.0.0.0 */
const FIRST_SOURCE = 0x0b000000;

/** One piece of memory, to be written in two ways. */
export interface Sheet {
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

export interface Goal {
  readonly mac: Uint8Array;
  /** Four bytes, or sixteen. */
  readonly address: Uint8Array;
}

export function newSheet(lengthBytes: number): Sheet {
  const bytes = new Uint8Array(lengthBytes);
  return { bytes, view: new DataView(bytes.buffer) };
}

export function frameBytes({ address }: Goal): number {
  return address.length === 16 ? FRAME_BYTES_6 : FRAME_BYTES;
}

/** `source` counts from 0 and gives an address of its own, over IPv6 one in a /64 of its own. */
export function writeSyn(sheet: Sheet, at: number, goal: Goal, source: number, port: number): void {
  const { view, bytes } = sheet;
  bytes.set(goal.mac, at);
  view.setUint16(at + 6, 0x0200); // a locally administered sender
  const writeIp = goal.address.length === 16 ? writeIpv6 : writeIpv4;
  const tcp = writeIp(sheet, at + 12, goal, source);
  view.setUint16(tcp, 1024 + (source & 0x7fff));
  view.setUint16(tcp + 2, port);
  view.setUint32(tcp + 4, source);
  view.setUint16(tcp + 12, 0x5002);
  view.setUint16(tcp + 14, 1024);
}

/** One frame by itself. */
export function synFrame(goal: Goal, source: number, port: number): Uint8Array {
  const sheet = newSheet(frameBytes(goal));
  writeSyn(sheet, 0, goal, source, port);
  return sheet.bytes;
}

/** The text of the address that `source` has in a frame to `goal`. */
export function sourceText({ address }: Goal, source: number): string {
  return address.length === 16
    ? formatWords(SOURCE_WORD_6, networkOf(source), 0, 1)
    : formatWords(0, 0, MAPPED_WORD, FIRST_SOURCE + source);
}

/** Mixed, so that neighbours are not alike; different sources stay different. */
function networkOf(source: number): number {
  return Math.imul(source + 1, 0x9e3779b1);
}

function writeIpv4({ view, bytes }: Sheet, at: number, goal: Goal, source: number): number {
  view.setUint16(at, 0x0800);
  const ip = at + 2;
  view.setUint16(ip, 0x4500);
  view.setUint16(ip + 2, 40);
  view.setUint16(ip + 8, 0x4006);
  view.setUint32(ip + 12, FIRST_SOURCE + source);
  bytes.set(goal.address, ip + 16);
  view.setUint16(ip + 10, 0);
  view.setUint16(ip + 10, checksum(view, ip));
  return ip + 20;
}

/** RFC 8200. */
function writeIpv6({ view, bytes }: Sheet, at: number, goal: Goal, source: number): number {
  view.setUint16(at, 0x86dd);
  const ip = at + 2;
  view.setUint32(ip, 0x60000000);
  view.setUint16(ip + 4, 20);
  view.setUint16(ip + 6, 0x0640);
  view.setUint32(ip + 8, SOURCE_WORD_6);
  view.setUint32(ip + 12, networkOf(source));
  view.setUint32(ip + 20, 1);
  bytes.set(goal.address, ip + 24);
  return ip + 40;
}

/** RFC 1071, with the field itself 0. */
function checksum(view: DataView, ip: number): number {
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += view.getUint16(ip + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
