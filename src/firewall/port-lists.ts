/** Ports as iptables' multiport match and ufw write them. */

import type { PortRange } from '../net/port-range.ts';
import type { Protocol } from '../net/protocol.ts';

export interface PortList {
  readonly protocol: Protocol;
  /** `22`, `80:90`, or several with commas. */
  readonly ports: string;
}

/** What one rule holds; a range counts for two. */
const MAX_PORTS = 15;

/** As few lists as hold them, each of one protocol. */
export function portLists(ranges: readonly PortRange[]): readonly PortList[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) =>
    chunks(ranges.filter((range) => range.protocol === protocol)).map((ports) => ({ protocol, ports })),
  );
}

function chunks(ranges: readonly PortRange[]): readonly string[] {
  const lists: string[][] = [];
  let room = 0;
  for (const { first, last } of ranges) {
    const needed = first === last ? 1 : 2;
    if (needed > room) {
      lists.push([]);
      room = MAX_PORTS;
    }
    lists.at(-1)?.push(first === last ? String(first) : `${first}:${last}`);
    room -= needed;
  }
  return lists.map((list) => list.join(','));
}
