/** Grants in sets: what is there, what should be there, and the changes that lead from one to the other. */

import { FOREVER_MS } from '../base/duration.ts';
import type { ElementChange } from '../native/nftables-elements.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { addressFromBytes } from './address-bytes.ts';
import type { PortGrant, Reconciled } from './firewall.ts';
import { type TextElement, timeoutOf } from './nftables-script.ts';
import { type GrantSet, sourceOf, spotOf } from './nftables-set.ts';
import type { NftablesTable } from './nftables-table.ts';

/** Ends that differ by less are the same: the kernel counts in ticks, and clocks are read one after the other. */
const SAME_END_MS = 250;

/** A grant at its place. */
export interface PlacedGrant {
  readonly set: string;
  readonly key: Uint8Array;
  readonly value: string;
  readonly grant: PortGrant;
}

/** By set and key. */
export type PlacedGrants = ReadonlyMap<string, PlacedGrant>;

/** Those that lie in these sets and are not over. Of two with the same place the later end counts. */
export function placeGrants(
  grants: readonly PortGrant[],
  sets: ReadonlyMap<string, GrantSet>,
  nowMs: number,
): PlacedGrants {
  const placed = new Map<string, PlacedGrant>();
  for (const grant of grants) {
    const spot = spotOf(grant);
    if (!spot.ok || grant.endMs <= nowMs || !sets.has(spot.value.set)) continue;
    const { set, key } = spot.value;
    const id = placeId(set, key);
    const other = placed.get(id);
    if (other !== undefined && other.grant.endMs >= grant.endMs) continue;
    placed.set(id, { set, key, value: formatIpAddress(spot.value.address), grant });
  }
  return placed;
}

/** What the kernel has in these sets. @throws OpError */
export function readGrants(table: NftablesTable, sets: Iterable<GrantSet>, nowMs: number): PlacedGrants {
  const placed = new Map<string, PlacedGrant>();
  for (const set of sets) {
    for (const { key, leftMs } of table.elements(set.name)) {
      const source = sourceOf(set, key);
      const endMs = leftMs === undefined ? FOREVER_MS : nowMs + leftMs;
      const grant = { door: set.door, source, endMs };
      placed.set(placeId(set.name, key), {
        set: set.name,
        key,
        value: formatIpAddress(addressFromBytes(key)),
        grant,
      });
    }
  }
  return placed;
}

export function textElements(grants: Iterable<PlacedGrant>, nowMs: number): readonly TextElement[] {
  return [...grants].map(({ set, value, grant }) => ({
    set,
    value,
    timeoutMs: timeoutOf(grant.endMs, nowMs),
  }));
}

export function changesBetween(
  before: PlacedGrants,
  wanted: PlacedGrants,
  nowMs: number,
): readonly ElementChange[] {
  const takes = [...before].filter(([id]) => !wanted.has(id)).map(([, placed]) => takeOf(placed));
  const puts = [...wanted]
    .filter(([id, { grant }]) => !isSameEnd(before.get(id)?.grant.endMs, grant.endMs))
    .map(([, placed]) => putOf(placed, nowMs));
  return [...takes, ...puts];
}

export function differenceBetween(
  before: PlacedGrants,
  wanted: PlacedGrants,
): Pick<Reconciled, 'removed' | 'added'> {
  return { removed: grantsWithout(before, wanted), added: grantsWithout(wanted, before) };
}

export function putOf({ set, key, grant }: Omit<PlacedGrant, 'value'>, nowMs: number): ElementChange {
  return { kind: 'put', set, key, timeoutMs: timeoutOf(grant.endMs, nowMs) };
}

export function takeOf({ set, key }: Pick<PlacedGrant, 'set' | 'key'>): ElementChange {
  return { kind: 'take', set, key };
}

function grantsWithout(grants: PlacedGrants, others: PlacedGrants): readonly PortGrant[] {
  return [...grants].filter(([id]) => !others.has(id)).map(([, { grant }]) => grant);
}

function isSameEnd(a: number | undefined, b: number): boolean {
  return a !== undefined && (a === b || Math.abs(a - b) < SAME_END_MS);
}

function placeId(set: string, key: Uint8Array): string {
  return `${set} ${Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')}`;
}
