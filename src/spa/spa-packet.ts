/** What a packet says: plain data, in the words of fwknop's message types. */

import type { IpAddress } from '../net/ip-address.ts';
import type { Protocol } from '../net/protocol.ts';
import type { DigestName } from './digest.ts';

/** Longest wire text: fits a UDP datagram of one Ethernet frame. */
export const MAX_WIRE_LENGTH = 1500;

/** Limits of the fields, in bytes before base64. */
export const MAX_USER_BYTES = 64;
export const MAX_MESSAGE_BYTES = 256;
export const MAX_NAT_BYTES = 128;
export const MAX_SERVER_AUTH_BYTES = 64;

/** The version that is written. The format has been the same since 2.0. */
export const PROTOCOL_VERSION = '3.0.0';

export interface PortOf {
  readonly protocol: Protocol;
  readonly port: number;
}

/** Where a NAT request wants to be forwarded to: an address or a name, and a port. */
export interface NatTarget {
  readonly host: string;
  readonly port: number;
}

interface AccessFields {
  /** Undefined: whatever address the packet comes from (`0.0.0.0` in the packet). */
  readonly address: IpAddress | undefined;
  /** One at least, in the order of the packet. */
  readonly ports: readonly PortOf[];
  /** Seconds that the client asks for, one at least; undefined: the door's own time. */
  readonly timeoutS: number | undefined;
}

export type SpaMessage =
  /** Type 0. */
  | { readonly kind: 'command'; readonly address: IpAddress | undefined; readonly command: string }
  /** Types 1 and 3. */
  | (AccessFields & { readonly kind: 'access' })
  /** Types 2 and 4. */
  | (AccessFields & { readonly kind: 'nat'; readonly nat: NatTarget })
  /** Types 5 and 6. */
  | (AccessFields & { readonly kind: 'local-nat'; readonly nat: NatTarget });

export interface SpaPacket {
  /** 16 decimal digits: no two packets are alike. */
  readonly random: string;
  readonly user: string;
  /** The client's clock, seconds since 1970-01-01 UTC. */
  readonly timeS: number;
  /** `2.x.y` or `3.x.y`. */
  readonly version: string;
  readonly message: SpaMessage;
  readonly serverAuth: string | undefined;
}

/** A packet as it was received. */
export interface ReceivedPacket extends SpaPacket {
  /** The digest that it carried inside. */
  readonly digest: DigestName;
}
