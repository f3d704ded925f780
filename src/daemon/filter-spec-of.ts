/** What the kernel must pass up for these doors. */

import type { FilterSpec, TcpClass } from '../capture/filter-spec.ts';
import type { IgnoredPorts } from '../config/config.ts';
import type { KnockDoor } from '../knock/knock-door.ts';
import type { IpAddress } from '../net/ip-address.ts';

/**
 * Link header with two tags (22), IPv6 (40), 50 bytes of extension headers, and TCP through its flags (14): three lines of the
 * processor's cache with what the kernel puts before it. A longer capture would make a ring for fewer packets.
 */
const SNAP_LENGTH_BYTES = 126;

export interface FilterWishes {
  readonly doors: readonly KnockDoor[];
  readonly ignorePorts: readonly IgnoredPorts[];
  readonly onlyIpv4: boolean;
}

/** @param own this host's addresses of the moment */
export function filterSpecOf(
  { doors, ignorePorts, onlyIpv4 }: FilterWishes,
  own: readonly IpAddress[],
): FilterSpec {
  const on = doors.filter(({ steps }) => steps.length > 0);
  const udp = on.flatMap(({ steps }) => portsOf(steps, 'udp'));
  return {
    synStrays: on.length > 0,
    // Without a UDP step nobody's UDP can be part of a scan that meets one.
    udpStrays: udp.length > 0,
    tcp: tcpClasses(on),
    udp,
    ignore: ignorePorts,
    addresses: [...own, ...on.flatMap(({ target }) => (target === undefined ? [] : [target]))],
    ipv6: !onlyIpv4,
    snapLengthBytes: SNAP_LENGTH_BYTES,
  };
}

function tcpClasses(doors: readonly KnockDoor[]): readonly TcpClass[] {
  const classes = new Map<number, { mask: number; value: number; ports: number[] }>();
  for (const { tcpFlags, steps } of doors) {
    const key = (tcpFlags.mask << 8) | tcpFlags.value;
    const same = classes.get(key) ?? { ...tcpFlags, ports: [] };
    same.ports.push(...portsOf(steps, 'tcp'));
    classes.set(key, same);
  }
  return [...classes.values()].filter(({ ports }) => ports.length > 0);
}

function portsOf(steps: KnockDoor['steps'], protocol: 'tcp' | 'udp'): number[] {
  return steps.filter((step) => step.protocol === protocol).map(({ port }) => port);
}
