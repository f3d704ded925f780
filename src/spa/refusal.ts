/**
 * Why a packet opens nothing: a closed union that the log, `explain` and the tests read. In the order of the checks.
 * No reason carries a secret; texts of the packet have no control characters.
 */

import type { IpAddress } from '../net/ip-address.ts';
import type { OpenFault } from './open-packet.ts';
import type { PortOf } from './spa-packet.ts';
import type { ShapeFault } from './wire-text.ts';

export type SpaRefusal =
  /** 1. No packet at all. */
  | { readonly reason: 'shape'; readonly fault: ShapeFault }
  /** 2. This very packet was here before. */
  | { readonly reason: 'replay' }
  /** 3. No key of this port made it. */
  | { readonly reason: 'bad-hmac' }
  /** 4. Its author has a key of this port, from here on. */
  | { readonly reason: 'clock-unset' }
  | OpenFault
  /** `skewS`: the packet's clock minus ours, seconds. */
  | { readonly reason: 'clock-skew'; readonly skewS: number; readonly maxAgeS: number }
  /** Packets of that time may have been used and forgotten. */
  | { readonly reason: 'maybe-replay' }
  | { readonly reason: 'rate-limit' }
  | { readonly reason: 'replay-cache-full' }
  /** 5. What the door asks for. */
  | { readonly reason: 'user'; readonly user: string }
  | { readonly reason: 'source-not-allowed' }
  | { readonly reason: 'command' }
  | { readonly reason: 'nat' }
  | { readonly reason: 'any-source' }
  | { readonly reason: 'address-differs'; readonly address: IpAddress }
  | { readonly reason: 'port-not-offered'; readonly port: PortOf }
  | { readonly reason: 'timeout-too-long'; readonly timeoutS: number; readonly maxTimeoutS: number };
