/** Addresses as the kernel has them: 4 or 16 bytes in network order. */

import { formatIpAddress, type IpAddress, MAPPED_WORD } from '../net/ip-address.ts';
import { isIpv4Address } from '../net/prefix.ts';

export function addressBytes(address: IpAddress): Uint8Array {
  const { w0, w1, w2, w3 } = address;
  const words = isIpv4Address(address) ? [w3] : [w0, w1, w2, w3];
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of words.entries()) view.setInt32(at * 4, word);
  return bytes;
}

export function addressFromBytes(bytes: Uint8Array): IpAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return { w0: 0, w1: 0, w2: MAPPED_WORD, w3: view.getInt32(0) };
  return { w0: view.getInt32(0), w1: view.getInt32(4), w2: view.getInt32(8), w3: view.getInt32(12) };
}

/** The mask of a prefix, as an address is written. */
export function maskText(family: 4 | 6, length: number): string {
  const bits = family === 4 ? 32 : 128;
  const mask = Array.from({ length: bits / 8 }, (_, byte) => byteMask(length - byte * 8));
  if (family === 4) return mask.join('.');
  return formatIpAddress(addressFromBytes(Uint8Array.from(mask)));
}

function byteMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 8 ? 255 : (0xff00 >> bits) & 255;
}
