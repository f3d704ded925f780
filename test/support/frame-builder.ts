/**
 * Frames for tests, put together layer by layer: `ethernet(ipv4({ src, dst }, tcp({ dstPort: 7000 })))`.
 * Lengths and checksums are right unless a test overrides them. The IP builders complete the checksum of an
 * unfragmented TCP or UDP payload, which alone cannot know its addresses.
 */

import { type IpAddress, isIpv4, parseIpAddress } from '../../src/net/ip-address.ts';

const TCP = 6;
const UDP = 17;

export interface TcpOptions {
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Flag bits of packet-fields; SYN when left out. */
  readonly flags?: number;
  /** Options, padded here to a multiple of four bytes. */
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
  /** Overrides the header length, in 32-bit words. */
  readonly dataOffset?: number;
}

/** A TCP segment; its checksum is filled in by ipv4() or ipv6(). */
export function tcp(o: TcpOptions = {}): Uint8Array {
  const options = padded(o.options ?? new Uint8Array(0), 4);
  const bytes = concat(new Uint8Array(20), options, o.payload);
  const view = viewOf(bytes);
  view.setUint16(0, o.srcPort ?? 40000);
  view.setUint16(2, o.dstPort ?? 7000);
  view.setUint32(4, (o.seq ?? 1) >>> 0);
  view.setUint32(8, (o.ack ?? 0) >>> 0);
  bytes[12] = (o.dataOffset ?? 5 + options.length / 4) << 4;
  bytes[13] = o.flags ?? 0x02;
  view.setUint16(14, 64240);
  return bytes;
}

export interface UdpOptions {
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly payload?: Uint8Array;
  /** Overrides the length field, in bytes. */
  readonly length?: number;
}

/** A UDP datagram; its checksum is filled in by ipv4() or ipv6(). */
export function udp(o: UdpOptions = {}): Uint8Array {
  const bytes = concat(new Uint8Array(8), o.payload);
  const view = viewOf(bytes);
  view.setUint16(0, o.srcPort ?? 40000);
  view.setUint16(2, o.dstPort ?? 7000);
  view.setUint16(4, o.length ?? bytes.length);
  return bytes;
}

export interface Ipv4Options {
  readonly src?: string;
  readonly dst?: string;
  /** 6 (TCP) when left out. */
  readonly protocol?: number;
  readonly ttl?: number;
  readonly id?: number;
  /** Options, padded here to a multiple of four bytes. */
  readonly options?: Uint8Array;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of eight. */
  readonly fragmentOffset?: number;
  /** Overrides the length field, in bytes. */
  readonly totalLength?: number;
  readonly version?: number;
  /** Overrides the header length, in 32-bit words. */
  readonly ihl?: number;
}

export function ipv4(o: Ipv4Options, payload: Uint8Array): Uint8Array {
  const options = padded(o.options ?? new Uint8Array(0), 4);
  const headerLength = 20 + options.length;
  const bytes = concat(new Uint8Array(20), options, payload);
  const view = viewOf(bytes);
  const src = address(o.src ?? '10.0.0.1');
  const dst = address(o.dst ?? '10.0.0.2');
  const protocol = o.protocol ?? TCP;
  bytes[0] = ((o.version ?? 4) << 4) | (o.ihl ?? headerLength / 4);
  view.setUint16(2, o.totalLength ?? bytes.length);
  view.setUint16(4, o.id ?? 1);
  view.setUint16(6, (o.moreFragments ? 0x2000 : 0) | ((o.fragmentOffset ?? 0) >> 3));
  bytes[8] = o.ttl ?? 64;
  bytes[9] = protocol;
  view.setInt32(12, src.w3);
  view.setInt32(16, dst.w3);
  view.setUint16(10, internetChecksum(bytes.subarray(0, headerLength)));
  if (!o.moreFragments && !o.fragmentOffset) {
    fillChecksum(bytes.subarray(headerLength), protocol, bytes.subarray(12, 20));
  }
  return bytes;
}

/** An IPv6 extension header: its number and its bytes, of which the first becomes the next header. */
export interface Extension {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Hop-by-hop, routing, destination, mobility and alike: the length counts eight bytes after the first eight. */
export function extension(number: number, lengthBytes = 8): Extension {
  const bytes = new Uint8Array(lengthBytes);
  bytes[1] = lengthBytes / 8 - 1;
  return { number, bytes };
}

export function hopByHop(lengthBytes = 8): Extension {
  return extension(0, lengthBytes);
}

export function routing(lengthBytes = 8): Extension {
  return extension(43, lengthBytes);
}

export function destinationOptions(lengthBytes = 8): Extension {
  return extension(60, lengthBytes);
}

/** Authentication header, RFC 4302: the length counts four bytes, less two of them. */
export function authentication(lengthBytes = 24): Extension {
  const bytes = new Uint8Array(lengthBytes);
  bytes[1] = lengthBytes / 4 - 2;
  return { number: 51, bytes };
}

/** `offset` in bytes, a multiple of eight. */
export function fragment(o: { readonly offset?: number; readonly more?: boolean } = {}): Extension {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint16(2, (o.offset ?? 0) | (o.more ? 1 : 0));
  viewOf(bytes).setUint32(4, 1);
  return { number: 44, bytes };
}

export interface Ipv6Options {
  readonly src?: string;
  readonly dst?: string;
  /** 6 (TCP) when left out: what follows the extension headers. */
  readonly protocol?: number;
  readonly hopLimit?: number;
  readonly extensions?: readonly Extension[];
  /** Overrides the length field, in bytes. */
  readonly payloadLength?: number;
  readonly version?: number;
}

export function ipv6(o: Ipv6Options, payload: Uint8Array): Uint8Array {
  const protocol = o.protocol ?? TCP;
  const extensions = o.extensions ?? [];
  const chain = extensions.map((each, i) => {
    const bytes = Uint8Array.from(each.bytes);
    bytes[0] = extensions[i + 1]?.number ?? protocol;
    return bytes;
  });
  const bytes = concat(new Uint8Array(40), ...chain, payload);
  const view = viewOf(bytes);
  bytes[0] = (o.version ?? 6) << 4;
  view.setUint16(4, o.payloadLength ?? bytes.length - 40);
  bytes[6] = extensions[0]?.number ?? protocol;
  bytes[7] = o.hopLimit ?? 64;
  putAddress(view, 8, address(o.src ?? 'fd00::1'));
  putAddress(view, 24, address(o.dst ?? 'fd00::2'));
  const whole = extensions.every((each) => each.number !== 44 || viewOf(each.bytes).getUint16(2) === 0);
  if (whole) fillChecksum(bytes.subarray(bytes.length - payload.length), protocol, bytes.subarray(8, 40));
  return bytes;
}

export interface PacketOptions {
  readonly src: string;
  readonly dst: string;
}

/** A TCP packet of the family of its addresses, without a link header. */
export function tcpPacket(o: PacketOptions & TcpOptions): Uint8Array {
  return ip(o, TCP, tcp(o));
}

/** A UDP packet of the family of its addresses, without a link header. */
export function udpPacket(o: PacketOptions & UdpOptions): Uint8Array {
  return ip(o, UDP, udp(o));
}

function ip({ src, dst }: PacketOptions, protocol: number, payload: Uint8Array): Uint8Array {
  const { w0, w1, w2 } = address(src);
  return isIpv4(w0, w1, w2) ? ipv4({ src, dst, protocol }, payload) : ipv6({ src, dst, protocol }, payload);
}

/** A VLAN tag around a payload: tag control, ether type, payload. What precedes it must name the tag's own type. */
export function vlan(payload: Uint8Array, id = 1, type = etherTypeOf(payload)): Uint8Array {
  return concat(words16(id, type), payload);
}

/** Ethernet (link type 1). The ether type comes from the payload's IP version unless given. */
export function ethernet(payload: Uint8Array, type = etherTypeOf(payload)): Uint8Array {
  return concat(Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1), words16(type), payload);
}

/** Linux cooked capture v1 (link type 113). `packetType` 0 is to us, 4 is outgoing. */
export function sll(payload: Uint8Array, packetType = 0, type = etherTypeOf(payload)): Uint8Array {
  return concat(words16(packetType, 1, 6, 0x0200, 0, 1, 0, type), payload);
}

/** Linux cooked capture v2 (link type 276). */
export function sll2(payload: Uint8Array, packetType = 0, type = etherTypeOf(payload)): Uint8Array {
  return concat(words16(type, 0, 0, 2, 1, (packetType << 8) | 6, 0x0200, 0, 1, 0), payload);
}

/** BSD loopback: a family number of 32 bits, in the byte order asked for (link type 0: any; 108: big endian). */
export function loopback(payload: Uint8Array, family: number, littleEndian = false): Uint8Array {
  const header = new Uint8Array(4);
  viewOf(header).setUint32(0, family, littleEndian);
  return concat(header, payload);
}

export function concat(...parts: readonly (Uint8Array | undefined)[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts.filter((part) => part !== undefined)));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** RFC 1071, over any number of bytes. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function fillChecksum(segment: Uint8Array, protocol: number, addresses: Uint8Array): void {
  const at = protocol === TCP ? 16 : 6;
  if ((protocol !== TCP && protocol !== UDP) || segment.length < at + 2) return;
  const pseudo = concat(addresses, words16(0, segment.length, 0, protocol));
  const sum = internetChecksum(concat(pseudo, segment));
  viewOf(segment).setUint16(at, protocol === UDP && sum === 0 ? 0xffff : sum);
}

function etherTypeOf(payload: Uint8Array): number {
  return (payload[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
}

function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (!parsed) throw new Error(`not an IP address: "${text}"`);
  return parsed;
}

function putAddress(view: DataView, at: number, { w0, w1, w2, w3 }: IpAddress): void {
  view.setInt32(at, w0);
  view.setInt32(at + 4, w1);
  view.setInt32(at + 8, w2);
  view.setInt32(at + 12, w3);
}

function padded(bytes: Uint8Array, multiple: number): Uint8Array {
  return concat(bytes, new Uint8Array((multiple - (bytes.length % multiple)) % multiple));
}

function words16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}
