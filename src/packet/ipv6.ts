/**
 * IPv6 header (RFC 8200) and its extension headers, down to the transport header. Jumbograms (RFC 2675) are refused:
 * no knock is longer than 65,535 bytes. So are IPv4-mapped addresses, which would pass for the IPv4 ones.
 */

import { isIpv4 } from '../net/ip-address.ts';
import { TCP, UDP } from '../net/protocol.ts';
import type { PacketFields } from './packet-fields.ts';
import {
  DECODED,
  ENCRYPTED,
  JUMBOGRAM,
  LATER_FRAGMENT,
  MAPPED_ADDRESS,
  MARTIAN_SOURCE,
  NO_NEXT_HEADER,
  OTHER_PROTOCOL,
  type Reason,
  TOO_MANY_EXTENSIONS,
  TRUNCATED_EXTENSION,
  TRUNCATED_IPV6,
  WRONG_VERSION,
} from './reason.ts';
import { decodeTcp, decodeUdp } from './transport.ts';

const HEADER = 40;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const ESP = 50;
const AUTHENTICATION = 51;
const NO_NEXT = 59;
const DESTINATION = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

/** RFC 8200 section 4.1 lists each header once and destination options twice: eight hold any sensible packet. */
const MAX_EXTENSIONS = 8;
/** Every extension header is a multiple of this; bytes. */
const EXTENSION_UNIT = 8;

/** Decodes the packet that starts at `at`; no byte at `end` or behind is read. */
export function decodeIpv6(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (end - at < HEADER) return TRUNCATED_IPV6;
  if (view.getUint8(at) >> 4 !== 6) return WRONG_VERSION;
  const refused = decodeAddresses(view, at, fields);
  if (refused !== DECODED) return refused;
  const payloadLength = view.getUint16(at + 4);
  const next = view.getUint8(at + 6);
  const packetEnd = at + HEADER + payloadLength;
  switch (next) {
    case TCP:
      return decodeTcp(view, at + HEADER, end, packetEnd, false, fields);
    case UDP:
      return decodeUdp(view, at + HEADER, end, packetEnd, false, fields);
    case HOP_BY_HOP:
      if (payloadLength === 0) return JUMBOGRAM;
  }
  return decodeChain(view, next, at + HEADER, end, packetEnd, fields);
}

function decodeAddresses(view: DataView, at: number, fields: PacketFields): Reason {
  const src0 = view.getInt32(at + 8);
  const src1 = view.getInt32(at + 12);
  const src2 = view.getInt32(at + 16);
  const src3 = view.getInt32(at + 20);
  const dst0 = view.getInt32(at + 24);
  const dst1 = view.getInt32(at + 28);
  const dst2 = view.getInt32(at + 32);
  if (isIpv4(src0, src1, src2) || isIpv4(dst0, dst1, dst2)) return MAPPED_ADDRESS;
  const isMulticast = src0 >>> 24 === 0xff;
  if (isMulticast || (src0 | src1 | src2 | src3) === 0) return MARTIAN_SOURCE;
  fields.src0 = src0;
  fields.src1 = src1;
  fields.src2 = src2;
  fields.src3 = src3;
  fields.dst0 = dst0;
  fields.dst1 = dst1;
  fields.dst2 = dst2;
  fields.dst3 = view.getInt32(at + 36);
  return DECODED;
}

function decodeChain(
  view: DataView,
  next: number,
  at: number,
  end: number,
  packetEnd: number,
  fields: PacketFields,
): Reason {
  const limit = Math.min(end, packetEnd);
  let more = false;
  for (let extensions = 0; isExtension(next); extensions++) {
    if (extensions === MAX_EXTENSIONS) return TOO_MANY_EXTENSIONS;
    if (limit - at < EXTENSION_UNIT) return TRUNCATED_EXTENSION;
    if (next === FRAGMENT) {
      const fragment = view.getUint16(at + 2);
      if (fragment >> 3 !== 0) return LATER_FRAGMENT;
      if ((fragment & 1) !== 0) more = true;
    }
    const length = extensionLength(next, view.getUint8(at + 1));
    next = view.getUint8(at);
    at += length;
    if (at > limit) return TRUNCATED_EXTENSION;
  }
  switch (next) {
    case TCP:
      return decodeTcp(view, at, end, packetEnd, more, fields);
    case UDP:
      return decodeUdp(view, at, end, packetEnd, more, fields);
    case ESP:
      return ENCRYPTED;
    case NO_NEXT:
      return NO_NEXT_HEADER;
    default:
      return OTHER_PROTOCOL;
  }
}

function isExtension(number: number): boolean {
  switch (number) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION:
    case MOBILITY:
    case HIP:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

/** In bytes. The second byte of a fragment header is reserved; authentication (RFC 4302) counts four bytes. */
function extensionLength(number: number, lengthField: number): number {
  if (number === FRAGMENT) return EXTENSION_UNIT;
  if (number === AUTHENTICATION) return (lengthField + 2) * 4;
  return (lengthField + 1) * EXTENSION_UNIT;
}
