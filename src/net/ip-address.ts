/**
 * IP addresses as values: four 32-bit words in network order, signed (`| 0`) so that they stay small integers in V8.
 * An IPv4 address is held in its IPv4-mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), so one shape serves both
 * families and tables have one kind of key. A real packet never carries a mapped address: the decoder refuses those.
 */

import ipaddr from 'ipaddr.js';

export interface IpAddress {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** The third word of every IPv4 address in mapped form. */
export const MAPPED_WORD = 0xffff;

export function isIpv4(w0: number, w1: number, w2: number): boolean {
  return w2 === MAPPED_WORD && w0 === 0 && w1 === 0;
}

/** Dotted quad or IPv6 text without a zone; undefined for anything else (names, prefixes, leading zeros). */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return fromBytes(ipaddr.IPv4.parse(text).toByteArray());
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const plain = withoutDots(text);
  return plain === undefined ? undefined : fromBytes(ipaddr.IPv6.parse(plain).toByteArray());
}

/** `::192.0.2.7` as `::c000:207` (RFC 4291, 2.2): the library takes it for the mapped `::ffff:192.0.2.7`. */
function withoutDots(text: string): string | undefined {
  const tail = /[^:]*$/.exec(text)?.[0] ?? '';
  if (!tail.includes('.')) return text;
  if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).toByteArray();
  return `${text.slice(0, -tail.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** Canonical text: dotted quad for IPv4, RFC 5952 for IPv6. */
export function formatIpAddress(address: IpAddress): string {
  return formatWords(address.w0, address.w1, address.w2, address.w3);
}

/** As formatIpAddress, from the words. */
export function formatWords(w0: number, w1: number, w2: number, w3: number): string {
  if (isIpv4(w0, w1, w2)) return `${w3 >>> 24}.${(w3 >>> 16) & 255}.${(w3 >>> 8) & 255}.${w3 & 255}`;
  const parts = [
    w0 >>> 16,
    w0 & 0xffff,
    w1 >>> 16,
    w1 & 0xffff,
    w2 >>> 16,
    w2 & 0xffff,
    w3 >>> 16,
    w3 & 0xffff,
  ];
  return new ipaddr.IPv6(parts).toRFC5952String();
}

function fromBytes(bytes: readonly number[]): IpAddress {
  if (bytes.length === 4) return { w0: 0, w1: 0, w2: MAPPED_WORD, w3: word(bytes, 0) };
  return { w0: word(bytes, 0), w1: word(bytes, 4), w2: word(bytes, 8), w3: word(bytes, 12) };
}

function word(bytes: readonly number[], at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]! | 0;
}
