/** Sets that hold grants: which there are, and where in them a grant lies. */

import { fail, ok, type Result } from '../base/result.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { formatPrefix, isIpv4Address, parsePrefix, prefixOf } from '../net/prefix.ts';
import { addressBytes, addressFromBytes } from './address-bytes.ts';
import type { GuardedDoor, PortGrant } from './firewall.ts';
import { doorIdentifier, nameFromComment } from './nftables-name.ts';

export interface GrantSet {
  readonly name: string;
  readonly door: string;
  readonly family: 4 | 6;
  /** Of every element. */
  readonly prefixLength: number;
}

export interface Spot {
  readonly set: string;
  readonly address: IpAddress;
  readonly key: Uint8Array;
}

type DoorSource = Pick<PortGrant, 'door' | 'source'>;

export function hostLengthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** For each door its sets: IPv4 addresses, IPv6 prefixes of the door's length, and what its grants need besides. */
export function setsOf(
  doors: readonly GuardedDoor[],
  grants: readonly DoorSource[],
): readonly (readonly GrantSet[])[] {
  const names = new Map<string, Set<string>>();
  for (const grant of grants) {
    const spot = spotOf(grant);
    if (!spot.ok) continue;
    const known = names.get(grant.door);
    if (known === undefined) names.set(grant.door, new Set([spot.value.set]));
    else known.add(spot.value.set);
  }
  return doors.map(({ name, ipv6PrefixLength }) => {
    const wanted = new Set([
      setName(name, 4, 32),
      setName(name, 6, ipv6PrefixLength),
      ...(names.get(name) ?? []),
    ]);
    return [...wanted].sort().map((set) => grantSet(set, name));
  });
}

/** Where a grant lies, or what is wrong with its source. */
export function spotOf({ door, source }: DoorSource): Result<Spot, string> {
  const prefix = parsePrefix(source);
  if (prefix === undefined) return fail(`'${source}' is no address or prefix`);
  const { address, length } = prefix;
  const set = setName(door, isIpv4Address(address) ? 4 : 6, length);
  return ok({ set, address, key: addressBytes(address) });
}

/** The source that an element of this set stands for. */
export function sourceOf({ prefixLength }: GrantSet, key: Uint8Array): string {
  return formatPrefix(prefixOf(addressFromBytes(key), prefixLength));
}

/** The sets for grants in what `nft list table` prints. A door whose name is not there has the set's name. */
export function setsInListing(listing: string): readonly GrantSet[] {
  return [...listing.matchAll(/^\tset (door_\w+) \{\n((?:\t\t.*\n)*)/gm)].flatMap(
    ([, name = '', lines = '']) => {
      if (!SUFFIX.test(name)) return [];
      const comment = /^\t\tcomment "(.*)"$/m.exec(lines)?.[1];
      return [grantSet(name, comment === undefined ? name.replace(SUFFIX, '') : nameFromComment(comment))];
    },
  );
}

const SUFFIX = /_([46])(?:_(\d+))?$/;

function setName(door: string, family: 4 | 6, length: number): string {
  const name = `${doorIdentifier(door)}_${family}`;
  return length === hostLengthOf(family) ? name : `${name}_${length}`;
}

function grantSet(name: string, door: string): GrantSet {
  const [, digit, length] = SUFFIX.exec(name) ?? [];
  const family = digit === '4' ? 4 : 6;
  return { name, door, family, prefixLength: length === undefined ? hostLengthOf(family) : Number(length) };
}
