/**
 * IPv4 header (RFC 791, options skipped) down to the transport header. The header checksum is not verified.
 * What lies behind the total length is link padding and never read as payload.
 */

import { MAPPED_WORD } from '../net/ip-address.ts';
import { TCP, UDP } from '../net/protocol.ts';
import type { PacketFields } from './packet-fields.ts';
import {
  BAD_IPV4_LENGTH,
  ENCRYPTED,
  LATER_FRAGMENT,
  MARTIAN_SOURCE,
  OTHER_PROTOCOL,
  type Reason,
  TRUNCATED_IPV4,
  WRONG_VERSION,
} from './reason.ts';
import { decodeTcp, decodeUdp } from './transport.ts';

const MIN_HEADER = 20;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;
const ESP = 50;

/** Decodes the packet that starts at `at`; no byte at `end` or behind is read. */
export function decodeIpv4(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (end - at < MIN_HEADER) return TRUNCATED_IPV4;
  const first = view.getUint8(at);
  if (first >> 4 !== 4) return WRONG_VERSION;
  const headerLength = (first & 15) << 2;
  const totalLength = view.getUint16(at + 2);
  if (headerLength < MIN_HEADER || totalLength < headerLength) return BAD_IPV4_LENGTH;
  if (end - at < headerLength) return TRUNCATED_IPV4;
  const source = view.getInt32(at + 12);
  if (isMartian(source >>> 24)) return MARTIAN_SOURCE;
  const fragment = view.getUint16(at + 6);
  if ((fragment & OFFSET_MASK) !== 0) return LATER_FRAGMENT;
  fields.src0 = 0;
  fields.src1 = 0;
  fields.src2 = MAPPED_WORD;
  fields.src3 = source;
  fields.dst0 = 0;
  fields.dst1 = 0;
  fields.dst2 = MAPPED_WORD;
  fields.dst3 = view.getInt32(at + 16);
  const more = (fragment & MORE_FRAGMENTS) !== 0;
  switch (view.getUint8(at + 9)) {
    case TCP:
      return decodeTcp(view, at + headerLength, end, at + totalLength, more, fields);
    case UDP:
      return decodeUdp(view, at + headerLength, end, at + totalLength, more, fields);
    case ESP:
      return ENCRYPTED;
    default:
      return OTHER_PROTOCOL;
  }
}

/** 0.0.0.0/8, multicast 224.0.0.0/4 and reserved 240.0.0.0/4; loopback stays, for trying doors out on `lo`. */
function isMartian(firstOctet: number): boolean {
  return firstOctet === 0 || firstOctet >= 224;
}
