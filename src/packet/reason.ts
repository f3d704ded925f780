/**
 * Why a frame has no fields: the closed set of what the decoder answers. Small integers without gaps, so that
 * counters can be a typed array of `REASON_COUNT`.
 */

/** The fields are valid. */
export const DECODED = 0;
/** The caller's offset and length do not lie inside its buffer. */
export const OUTSIDE_BUFFER = 1;
export const UNKNOWN_LINK_TYPE = 2;
export const TRUNCATED_LINK = 3;
/** A cooked capture says that this host sent the frame. */
export const OUTGOING = 4;
export const TOO_MANY_TAGS = 5;
export const NOT_IP = 6;
/** The link header and the IP header disagree on the version. */
export const WRONG_VERSION = 7;
export const TRUNCATED_IPV4 = 8;
/** Header length under five words, or total length under the header length. */
export const BAD_IPV4_LENGTH = 9;
export const TRUNCATED_IPV6 = 10;
export const TRUNCATED_EXTENSION = 11;
export const TOO_MANY_EXTENSIONS = 12;
export const JUMBOGRAM = 13;
export const NO_NEXT_HEADER = 14;
export const ENCRYPTED = 15;
/** ::ffff:0:0/96 in an IPv6 header would pass for the IPv4 address. */
export const MAPPED_ADDRESS = 16;
/** An address that no knocker can have: unspecified, multicast, reserved. */
export const MARTIAN_SOURCE = 17;
export const LATER_FRAGMENT = 18;
/** A first fragment that does not hold the whole transport header. */
export const TINY_FRAGMENT = 19;
export const OTHER_PROTOCOL = 20;
export const TRUNCATED_TCP = 21;
/** Data offset under five words. */
export const BAD_TCP_HEADER = 22;
export const TRUNCATED_UDP = 23;
/** Under eight bytes, or more than the packet holds. */
export const BAD_UDP_LENGTH = 24;
export const PORT_ZERO = 25;

export const REASON_NAMES = {
  [DECODED]: 'decoded',
  [OUTSIDE_BUFFER]: 'outside the buffer',
  [UNKNOWN_LINK_TYPE]: 'unknown link type',
  [TRUNCATED_LINK]: 'truncated link header',
  [OUTGOING]: 'outgoing',
  [TOO_MANY_TAGS]: 'too many vlan tags',
  [NOT_IP]: 'not ip',
  [WRONG_VERSION]: 'wrong ip version',
  [TRUNCATED_IPV4]: 'truncated ipv4 header',
  [BAD_IPV4_LENGTH]: 'bad ipv4 length',
  [TRUNCATED_IPV6]: 'truncated ipv6 header',
  [TRUNCATED_EXTENSION]: 'truncated ipv6 extension header',
  [TOO_MANY_EXTENSIONS]: 'too many ipv6 extension headers',
  [JUMBOGRAM]: 'jumbogram',
  [NO_NEXT_HEADER]: 'no next header',
  [ENCRYPTED]: 'encrypted',
  [MAPPED_ADDRESS]: 'ipv4-mapped ipv6 address',
  [MARTIAN_SOURCE]: 'martian source',
  [LATER_FRAGMENT]: 'later fragment',
  [TINY_FRAGMENT]: 'tiny fragment',
  [OTHER_PROTOCOL]: 'neither tcp nor udp',
  [TRUNCATED_TCP]: 'truncated tcp header',
  [BAD_TCP_HEADER]: 'bad tcp header length',
  [TRUNCATED_UDP]: 'truncated udp header',
  [BAD_UDP_LENGTH]: 'bad udp length',
  [PORT_ZERO]: 'destination port 0',
} as const;

export type Reason = keyof typeof REASON_NAMES;

/** One more than the largest code. */
export const REASON_COUNT = Object.keys(REASON_NAMES).length;

/** For people; codes outside the set are shown as numbers. */
export function reasonText(code: number): string {
  return REASON_NAMES[code as Reason] ?? `reason ${code}`;
}
