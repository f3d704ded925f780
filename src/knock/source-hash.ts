/**
 * A keyed hash of a packet's source: of the whole address for IPv4, of the /64 for IPv6, so that all entries of one
 * /64 meet in one chain and can be bounded. The key keeps a forger from aiming at one chain; walks are bounded besides.
 */

import { isIpv4 } from '../net/ip-address.ts';

export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

/** A source with its `hashSource`, which every table looks it up by. */
export interface HashedSource {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
  readonly hash: number;
}

export function hashSource(key: HashKey, w0: number, w1: number, w2: number, w3: number): number {
  if (isIpv4(w0, w1, w2)) return mix(mix(w3 ^ key.k0) ^ key.k1);
  return mix(mix(mix(w0 ^ key.k0) + w1) ^ key.k1);
}

/** Of the whole address, for IPv6. */
export function hashAddress(key: HashKey, w0: number, w1: number, w2: number, w3: number): number {
  return mix(mix(mix(mix(w0 ^ key.k1) + w1) + w2) + w3) ^ key.k0;
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}
