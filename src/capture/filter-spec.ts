/** What the kernel passes up, before it is a program. Everything here may be passed coarser, never finer. */

import type { IpAddress } from '../net/ip-address.ts';

/** A TCP packet fits when `(flags & mask) === value`, byte 13 of the header; mask 0 fits every packet. */
export interface TcpClass {
  readonly mask: number;
  readonly value: number;
  readonly ports: readonly number[];
}

/** `protocol` undefined means both. */
export interface IgnoredRange {
  readonly first: number;
  readonly last: number;
  readonly protocol: 'tcp' | 'udp' | undefined;
}

export interface FilterSpec {
  /** Pass a SYN without ACK to any port. */
  readonly synStrays: boolean;
  /** Pass a UDP datagram to any port. */
  readonly udpStrays: boolean;
  /** The doors' TCP steps, by the flags that the doors ask for. Always passed. */
  readonly tcp: readonly TcpClass[];
  /** The doors' UDP steps. Always passed. */
  readonly udp: readonly number[];
  /** Strays to these ports are not passed. */
  readonly ignore: readonly IgnoredRange[];
  /** Destinations: this host's addresses and the doors' targets. undefined: every destination. */
  readonly addresses: readonly IpAddress[] | undefined;
  /** Whether IPv6 is passed. */
  readonly ipv6: boolean;
  /** How much of a packet is captured, from the start of its link header. */
  readonly snapLengthBytes: number;
}
