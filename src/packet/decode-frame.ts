/**
 * Frame bytes to header fields: the link layer, down to the IP header. Total: any bytes give fields or a reason; it
 * never throws, never reads outside [offset, offset + length) and allocates nothing.
 * Link headers as in https://www.tcpdump.org/linktypes.html; VLAN tags as in IEEE 802.1Q.
 * Checksums are not verified: with checksum offload a captured packet often carries an unfinished one.
 */

import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import {
  ETHERNET,
  LINUX_SLL,
  LINUX_SLL2,
  LOOP,
  NULL_LOOPBACK,
  RAW,
  RAW_12,
  RAW_14,
  RAW_IPV4,
  RAW_IPV6,
} from './link-type.ts';
import type { PacketFields } from './packet-fields.ts';
import {
  NOT_IP,
  OUTGOING,
  OUTSIDE_BUFFER,
  type Reason,
  TOO_MANY_TAGS,
  TRUNCATED_LINK,
  UNKNOWN_LINK_TYPE,
} from './reason.ts';

const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and the older number for an outer tag. */
const TYPE_VLAN = 0x8100;
const TYPE_QINQ = 0x88a8;
const TYPE_QINQ_OLD = 0x9100;

/** Real networks stack two tags, rarely three; the bound keeps the cost of a hostile frame small. */
const MAX_VLAN_TAGS = 4;

const ETHERNET_HEADER = 14;
const SLL_HEADER = 16;
const SLL2_HEADER = 20;
const LOOPBACK_HEADER = 4;

/** The packet type of both cooked headers for frames that this host sent. */
const PACKET_OUTGOING = 4;

/** Address families by the system that captured: Linux 10; NetBSD and OpenBSD 24; FreeBSD 28; Darwin 30. */
const FAMILY_IPV4 = 2;
const FAMILY_IPV6_LINUX = 10;
const FAMILY_IPV6_NETBSD = 24;
const FAMILY_IPV6_FREEBSD = 28;
const FAMILY_IPV6_DARWIN = 30;

/**
 * Decodes the frame at [offset, offset + length) of `view` into `fields`.
 * @param length captured length in bytes
 * @param linkType a libpcap link type
 * @returns DECODED, or why `fields` mean nothing
 */
export function decodeFrame(
  view: DataView,
  offset: number,
  length: number,
  linkType: number,
  fields: PacketFields,
): Reason {
  const end = offset + length;
  if (!(offset >= 0 && length >= 0 && end <= view.byteLength)) return OUTSIDE_BUFFER;
  switch (linkType) {
    case ETHERNET:
      return decodeEthernet(view, offset, end, fields);
    case LINUX_SLL:
      return decodeSll(view, offset, end, fields);
    case LINUX_SLL2:
      return decodeSll2(view, offset, end, fields);
    case RAW:
    case RAW_12:
    case RAW_14:
      return decodeRaw(view, offset, end, fields);
    case RAW_IPV4:
      return decodeIpv4(view, offset, end, fields);
    case RAW_IPV6:
      return decodeIpv6(view, offset, end, fields);
    case NULL_LOOPBACK:
    case LOOP:
      return decodeLoopback(view, offset, end, linkType, fields);
    default:
      return UNKNOWN_LINK_TYPE;
  }
}

function decodeEthernet(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (end - at < ETHERNET_HEADER) return TRUNCATED_LINK;
  return decodeEtherType(view, view.getUint16(at + 12), at + ETHERNET_HEADER, end, fields);
}

function decodeSll(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (end - at < SLL_HEADER) return TRUNCATED_LINK;
  if (view.getUint16(at) === PACKET_OUTGOING) return OUTGOING;
  return decodeEtherType(view, view.getUint16(at + 14), at + SLL_HEADER, end, fields);
}

function decodeSll2(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (end - at < SLL2_HEADER) return TRUNCATED_LINK;
  if (view.getUint8(at + 10) === PACKET_OUTGOING) return OUTGOING;
  return decodeEtherType(view, view.getUint16(at), at + SLL2_HEADER, end, fields);
}

function decodeEtherType(
  view: DataView,
  type: number,
  at: number,
  end: number,
  fields: PacketFields,
): Reason {
  if (type === TYPE_IPV4) return decodeIpv4(view, at, end, fields);
  if (type === TYPE_IPV6) return decodeIpv6(view, at, end, fields);
  for (let tags = 0; isVlan(type); tags++) {
    if (tags === MAX_VLAN_TAGS) return TOO_MANY_TAGS;
    if (end - at < 4) return TRUNCATED_LINK;
    type = view.getUint16(at + 2);
    at += 4;
  }
  if (type === TYPE_IPV4) return decodeIpv4(view, at, end, fields);
  if (type === TYPE_IPV6) return decodeIpv6(view, at, end, fields);
  return NOT_IP;
}

function isVlan(type: number): boolean {
  return type === TYPE_VLAN || type === TYPE_QINQ || type === TYPE_QINQ_OLD;
}

function decodeRaw(view: DataView, at: number, end: number, fields: PacketFields): Reason {
  if (at === end) return TRUNCATED_LINK;
  const version = view.getUint8(at) >> 4;
  if (version === 4) return decodeIpv4(view, at, end, fields);
  if (version === 6) return decodeIpv6(view, at, end, fields);
  return NOT_IP;
}

function decodeLoopback(
  view: DataView,
  at: number,
  end: number,
  linkType: number,
  fields: PacketFields,
): Reason {
  if (end - at < LOOPBACK_HEADER) return TRUNCATED_LINK;
  const family = view.getInt32(at);
  const known = isFamily(family) || linkType === LOOP ? family : view.getInt32(at, true);
  if (known === FAMILY_IPV4) return decodeIpv4(view, at + LOOPBACK_HEADER, end, fields);
  if (isFamily(known)) return decodeIpv6(view, at + LOOPBACK_HEADER, end, fields);
  return NOT_IP;
}

function isFamily(family: number): boolean {
  switch (family) {
    case FAMILY_IPV4:
    case FAMILY_IPV6_LINUX:
    case FAMILY_IPV6_NETBSD:
    case FAMILY_IPV6_FREEBSD:
    case FAMILY_IPV6_DARWIN:
      return true;
    default:
      return false;
  }
}
