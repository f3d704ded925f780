/** Address prefixes (RFC 4632, RFC 4291 2.3): `192.0.2.0/24`, `2001:db8::/64`; a host is the longest prefix there is. */

import { formatIpAddress, type IpAddress, isIpv4, parseIpAddress } from './ip-address.ts';

export interface Prefix {
  /** The bits behind the prefix are 0. */
  readonly address: IpAddress;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly length: number;
}

const MAPPED_BITS = 96;

export function isIpv4Address({ w0, w1, w2 }: IpAddress): boolean {
  return isIpv4(w0, w1, w2);
}

/** 32 or 128. */
export function hostLength(address: IpAddress): number {
  return isIpv4Address(address) ? 32 : 128;
}

/** The prefix of that length around the address; bits behind it are cleared. */
export function prefixOf(address: IpAddress, length: number = hostLength(address)): Prefix {
  const bits = isIpv4Address(address) ? length + MAPPED_BITS : length;
  const word = (value: number, index: number) => value & maskWord(bits - index * 32);
  const { w0, w1, w2, w3 } = address;
  return { address: { w0: word(w0, 0), w1: word(w1, 1), w2: word(w2, 2), w3: word(w3, 3) }, length };
}

/** An address alone, or `ADDRESS/LENGTH`; undefined for anything else, and where bits behind the prefix are set. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, host = text, digits] = /^([^/]*)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseIpAddress(host);
  if (address === undefined) return undefined;
  const length = digits === undefined ? hostLength(address) : Number(digits);
  if (length > hostLength(address)) return undefined;
  const prefix = prefixOf(address, length);
  return sameAddress(prefix.address, address) ? prefix : undefined;
}

/** Canonical; without the length where it is a host's. */
export function formatPrefix({ address, length }: Prefix): string {
  const host = formatIpAddress(address);
  return length === hostLength(address) ? host : `${host}/${length}`;
}

export function prefixContains(prefix: Prefix, address: IpAddress): boolean {
  if (isIpv4Address(prefix.address) !== isIpv4Address(address)) return false;
  return sameAddress(prefixOf(address, prefix.length).address, prefix.address);
}

/** `prefixContains` for many addresses, given as words. */
export function prefixTest({
  address,
  length,
}: Prefix): (w0: number, w1: number, w2: number, w3: number) => boolean {
  const isFour = isIpv4Address(address);
  const bits = isFour ? length + MAPPED_BITS : length;
  const [m0, m1, m2, m3] = [maskWord(bits), maskWord(bits - 32), maskWord(bits - 64), maskWord(bits - 96)];
  const { w0: a0, w1: a1, w2: a2, w3: a3 } = address;
  return (w0, w1, w2, w3) =>
    ((w3 ^ a3) & m3) === 0 &&
    ((w2 ^ a2) & m2) === 0 &&
    ((w1 ^ a1) & m1) === 0 &&
    ((w0 ^ a0) & m0) === 0 &&
    isIpv4(w0, w1, w2) === isFour;
}

/** One of the two lies in the other. */
export function prefixesMeet(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? prefixContains(a, b.address) : prefixContains(b, a.address);
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.w0 === b.w0 && a.w1 === b.w1 && a.w2 === b.w2 && a.w3 === b.w3;
}

/** The first `bits` bits of a word set; all of them from 32 on, none below 1. */
function maskWord(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : ~(0xffffffff >>> bits);
}
