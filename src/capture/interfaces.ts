/** The network interfaces of this host, and which of them carry a default route. */

import { dumpNetlink } from '../native/netlink.ts';
import { HOST_IS_LITTLE_ENDIAN } from './frame-batch.ts';
import { aligned, attributesOf, valuesOf } from './netlink-message.ts';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
/** struct ifinfomsg. */
const IFINFOMSG_BYTES = 16;
const IFINFO_TYPE_AT = 2;
const IFINFO_INDEX_AT = 4;
const IFINFO_FLAGS_AT = 8;
const IFLA_IFNAME = 3;
const IFLA_PROP_LIST = 52;
const IFLA_ALT_IFNAME = 53;
const IFF_UP = 1;
const IFF_LOOPBACK = 8;
/** Both have Ethernet's header. */
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
/** struct rtmsg. */
const RTMSG_BYTES = 12;
const RTMSG_DST_LENGTH_AT = 1;
const RTMSG_TYPE_AT = 7;
const RTN_UNICAST = 1;
const RTA_OIF = 4;
const RTA_MULTIPATH = 9;
/** struct rtnexthop: length (16 bits), flags, hops, interface index (32 bits). */
const RTNEXTHOP_BYTES = 8;
const RTNEXTHOP_INDEX_AT = 4;

export interface NetworkInterface {
  readonly name: string;
  /** Further names (ip-link(8), `property add altname`). */
  readonly otherNames: readonly string[];
  /** Stays the same when it is renamed, and is never given to another. */
  readonly index: number;
  /** Switched on; a cable may still be missing. */
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /** Its frames begin with Ethernet's header. */
  readonly isEthernet: boolean;
}

/** @throws OpError when the kernel does not tell */
export function readInterfaces(): readonly NetworkInterface[] {
  const interfaces: NetworkInterface[] = [];
  dumpNetlink(RTM_GETLINK, (news, message) => {
    if (news !== RTM_NEWLINK) return;
    const attributes = attributesOf(message, IFINFOMSG_BYTES);
    const [name] = valuesOf(attributes, IFLA_IFNAME).map(textOf);
    if (name === undefined) return;
    const lists = valuesOf(attributes, IFLA_PROP_LIST).map((list) => attributesOf(list, 0));
    const flags = message.getUint32(IFINFO_FLAGS_AT, HOST_IS_LITTLE_ENDIAN);
    const type = message.getUint16(IFINFO_TYPE_AT, HOST_IS_LITTLE_ENDIAN);
    interfaces.push({
      name,
      otherNames: lists.flatMap((list) => valuesOf(list, IFLA_ALT_IFNAME).map(textOf)),
      index: message.getInt32(IFINFO_INDEX_AT, HOST_IS_LITTLE_ENDIAN),
      isUp: (flags & IFF_UP) !== 0,
      isLoopback: (flags & IFF_LOOPBACK) !== 0,
      isEthernet: type === ARPHRD_ETHER || type === ARPHRD_LOOPBACK,
    });
  });
  return interfaces;
}

/**
 * The indexes of those with an IPv4 or IPv6 default route, in whatever routing table: a host with several uplinks
 * keeps a table for each.
 * @throws OpError when the kernel does not tell
 */
export function readDefaultRouteIndexes(): ReadonlySet<number> {
  const indexes = new Set<number>();
  dumpNetlink(RTM_GETROUTE, (type, message) => {
    if (type !== RTM_NEWROUTE || message.getUint8(RTMSG_DST_LENGTH_AT) !== 0) return;
    if (message.getUint8(RTMSG_TYPE_AT) !== RTN_UNICAST) return;
    const attributes = attributesOf(message, RTMSG_BYTES);
    for (const index of valuesOf(attributes, RTA_OIF)) indexes.add(index.getInt32(0, HOST_IS_LITTLE_ENDIAN));
    for (const index of valuesOf(attributes, RTA_MULTIPATH).flatMap(hopIndexes)) indexes.add(index);
  });
  return indexes;
}

function hopIndexes(hops: DataView): number[] {
  const indexes: number[] = [];
  for (let at = 0; at + RTNEXTHOP_BYTES <= hops.byteLength; ) {
    indexes.push(hops.getInt32(at + RTNEXTHOP_INDEX_AT, HOST_IS_LITTLE_ENDIAN));
    at += aligned(Math.max(RTNEXTHOP_BYTES, hops.getUint16(at, HOST_IS_LITTLE_ENDIAN)));
  }
  return indexes;
}

/** The kernel closes a string with a NUL. */
function textOf(bytes: DataView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().replace(/\0.*$/s, '');
}
