/** The addresses of this host, those of every interface, loopback included, as the kernel has them now. */

import { dumpNetlink } from '../native/netlink.ts';
import { type IpAddress, MAPPED_WORD } from '../net/ip-address.ts';
import { attributesOf, valuesOf } from './netlink-message.ts';

const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
/** struct ifaddrmsg. */
const IFADDRMSG_BYTES = 8;
const IFA_ADDRESS = 1;
/** On a link with two ends IFA_ADDRESS is the other end's; this one is always our own. */
const IFA_LOCAL = 2;

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** @throws OpError when the kernel does not tell */
export function readOwnAddresses(): readonly IpAddress[] {
  const addresses: IpAddress[] = [];
  dumpNetlink(RTM_GETADDR, (type, message) => {
    if (type !== RTM_NEWADDR) return;
    const attributes = attributesOf(message, IFADDRMSG_BYTES);
    const [bytes] = [...valuesOf(attributes, IFA_LOCAL), ...valuesOf(attributes, IFA_ADDRESS)];
    const address = addressOf(bytes);
    if (address !== undefined) addresses.push(address);
  });
  return addresses;
}

function addressOf(bytes: DataView | undefined): IpAddress | undefined {
  if (bytes?.byteLength === IPV4_BYTES) return { w0: 0, w1: 0, w2: MAPPED_WORD, w3: bytes.getInt32(0) };
  if (bytes?.byteLength !== IPV6_BYTES) return undefined;
  return { w0: bytes.getInt32(0), w1: bytes.getInt32(4), w2: bytes.getInt32(8), w3: bytes.getInt32(12) };
}
