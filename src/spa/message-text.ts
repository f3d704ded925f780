/** The message field, `ip,proto/port[,proto/port]` or `ip,command`, and the NAT field, `host,port`. */

import { formatIpAddress, type IpAddress, parseIpAddress } from '../net/ip-address.ts';
import { parsePort } from '../net/protocol.ts';
import type { NatTarget, PortOf } from './spa-packet.ts';

/** What the client writes for "the address that this packet comes from". */
const ANY_IPV4 = '0.0.0.0';
const ANY_IPV6 = '::';

/** Ports have no leading zeros and no sign, so that a message has one text only. */
const PORT_OF = /^(tcp|udp)\/([1-9]\d{0,4})$/;
const NAT_HOST = /^[0-9A-Za-z](?:[0-9A-Za-z.:-]*[0-9A-Za-z])?$/;

export interface AddressPart {
  readonly address: IpAddress | undefined;
  /** What follows the first comma. */
  readonly rest: string;
}

/** Undefined when there is no address, or nothing behind it. */
export function parseAddressPart(text: string): AddressPart | undefined {
  const comma = text.indexOf(',');
  if (comma < 0 || comma === text.length - 1) return undefined;
  const address = parseIpAddress(text.slice(0, comma));
  if (address === undefined) return undefined;
  return { address: isAny(address) ? undefined : address, rest: text.slice(comma + 1) };
}

export function formatAddressPart(address: IpAddress | undefined, rest: string): string {
  return `${address === undefined ? ANY_IPV4 : formatIpAddress(address)},${rest}`;
}

/** Undefined unless every one of them is good. */
export function parsePorts(text: string): readonly PortOf[] | undefined {
  const ports: PortOf[] = [];
  for (const item of text.split(',')) {
    const [, protocol, digits = ''] = PORT_OF.exec(item) ?? [];
    const port = parsePort(digits);
    if ((protocol !== 'tcp' && protocol !== 'udp') || port === undefined) return undefined;
    ports.push({ protocol, port });
  }
  return ports;
}

export function formatPorts(ports: readonly PortOf[]): string {
  return ports.map(formatPortOf).join(',');
}

export function formatPortOf({ protocol, port }: PortOf): string {
  return `${protocol}/${port}`;
}

export function parseNat(text: string): NatTarget | undefined {
  const comma = text.indexOf(',');
  const host = text.slice(0, Math.max(comma, 0));
  const digits = text.slice(comma + 1);
  const port = digits.startsWith('0') ? undefined : parsePort(digits);
  return NAT_HOST.test(host) && port !== undefined ? { host, port } : undefined;
}

export function formatNat({ host, port }: NatTarget): string {
  return `${host},${port}`;
}

function isAny(address: IpAddress): boolean {
  const text = formatIpAddress(address);
  return text === ANY_IPV4 || text === ANY_IPV6;
}
