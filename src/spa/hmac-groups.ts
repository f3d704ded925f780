/** The doors of one port, by HMAC key: doors that share one cost one HMAC a packet together. */

import { PacketHmac } from './packet-hmac.ts';
import { PacketRate } from './packet-rate.ts';
import type { SpaDoor } from './spa-door.ts';

export interface Candidate {
  readonly door: SpaDoor;
  readonly rate: PacketRate;
}

export interface HmacGroup {
  /** Undefined: doors without an HMAC key. */
  readonly hmac: PacketHmac | undefined;
  /** One at least, in the order of the configuration. */
  readonly candidates: readonly Candidate[];
}

/** Those without an HMAC key come last. */
export function hmacGroups(doors: readonly SpaDoor[]): readonly HmacGroup[] {
  const byKey = new Map<string, Candidate[]>();
  for (const door of doors) {
    const name = groupName(door);
    byKey.set(name, [...(byKey.get(name) ?? []), { door, rate: new PacketRate() }]);
  }
  const groups = [...byKey.values()].map((candidates) => ({ hmac: hmacOf(candidates[0]!), candidates }));
  return groups.sort((a, b) => Number(a.hmac === undefined) - Number(b.hmac === undefined));
}

function groupName({ hmac }: SpaDoor): string {
  return hmac === undefined ? '' : `${hmac.type} ${Buffer.from(hmac.key.reveal()).toString('hex')}`;
}

function hmacOf({ door: { hmac } }: Candidate): PacketHmac | undefined {
  return hmac && new PacketHmac(hmac.key, hmac.type);
}
