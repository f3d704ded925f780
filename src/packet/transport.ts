/**
 * TCP (RFC 9293) and UDP (RFC 768) headers. Checksums are not verified: offload leaves them unfinished in captures.
 * The header must lie within the packet as its IP header counts it; of a TCP header the bytes through the flags must
 * have been captured, so that a short snapshot length still serves.
 * A source port of 0 is allowed (RFC 768 gives it a meaning), a destination port of 0 is nobody's.
 */

import { TCP, UDP } from '../net/protocol.ts';
import type { PacketFields } from './packet-fields.ts';
import {
  BAD_TCP_HEADER,
  BAD_UDP_LENGTH,
  DECODED,
  PORT_ZERO,
  type Reason,
  TINY_FRAGMENT,
  TRUNCATED_TCP,
  TRUNCATED_UDP,
} from './reason.ts';

const TCP_HEADER = 20;
/** Ports, numbers, data offset and flags. */
const TCP_NEEDED = 14;
const UDP_HEADER = 8;

/**
 * @param at where the transport header starts
 * @param end where the captured bytes end
 * @param packetEnd where the packet ends by its IP header; may lie behind `end`
 * @param more whether this is the first of several fragments
 */
export function decodeTcp(
  view: DataView,
  at: number,
  end: number,
  packetEnd: number,
  more: boolean,
  fields: PacketFields,
): Reason {
  if (packetEnd - at < TCP_HEADER) return more ? TINY_FRAGMENT : TRUNCATED_TCP;
  if (end - at < TCP_NEEDED) return TRUNCATED_TCP;
  const headerLength = (view.getUint8(at + 12) >> 4) << 2;
  if (headerLength < TCP_HEADER) return BAD_TCP_HEADER;
  if (packetEnd - at < headerLength) return more ? TINY_FRAGMENT : TRUNCATED_TCP;
  const dstPort = view.getUint16(at + 2);
  if (dstPort === 0) return PORT_ZERO;
  fields.protocol = TCP;
  fields.srcPort = view.getUint16(at);
  fields.dstPort = dstPort;
  fields.tcpFlags = view.getUint8(at + 13);
  fields.tcpSeq = view.getInt32(at + 4);
  fields.payloadAt = 0;
  fields.payloadEnd = 0;
  return DECODED;
}

/** Parameters as of decodeTcp. A length of 0 means a jumbogram (RFC 2675), which is no knock either. */
export function decodeUdp(
  view: DataView,
  at: number,
  end: number,
  packetEnd: number,
  more: boolean,
  fields: PacketFields,
): Reason {
  if (packetEnd - at < UDP_HEADER) return more ? TINY_FRAGMENT : TRUNCATED_UDP;
  if (end - at < UDP_HEADER) return TRUNCATED_UDP;
  const length = view.getUint16(at + 4);
  if (length < UDP_HEADER || (length > packetEnd - at && !more)) return BAD_UDP_LENGTH;
  const dstPort = view.getUint16(at + 2);
  if (dstPort === 0) return PORT_ZERO;
  fields.protocol = UDP;
  fields.srcPort = view.getUint16(at);
  fields.dstPort = dstPort;
  fields.tcpFlags = 0;
  fields.tcpSeq = 0;
  const isWhole = at + length <= end && !more;
  fields.payloadAt = isWhole ? at + UDP_HEADER : 0;
  fields.payloadEnd = isWhole ? at + length : 0;
  return DECODED;
}
