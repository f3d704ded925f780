/** What is in the kernel where Postern's table should be. */

import type { GuardState } from './guard-trial.ts';
import { armedState } from './nftables-armed.ts';
import { type PlacedGrants, readGrants } from './nftables-grants.ts';
import { type GrantSet, setsInListing } from './nftables-set.ts';
import { ARMED_SET } from './nftables-structure.ts';
import type { NftablesTable } from './nftables-table.ts';

export interface Found {
  /** As the kernel prints it, without elements; undefined: there is no table. */
  readonly listing: string | undefined;
  readonly guard: GuardState;
  readonly grants: PlacedGrants;
}

/** @param known sets of doors whose names do not fit into comments. @throws OpError */
export function findTable(table: NftablesTable, known: ReadonlyMap<string, GrantSet>, nowMs: number): Found {
  const listing = table.list('terse');
  const sets = setsInListing(listing ?? '').map((set) => known.get(set.name) ?? set);
  return { listing, guard: guardIn(table, listing), grants: readGrants(table, sets, nowMs) };
}

/** @throws OpError */
export function guardIn(table: NftablesTable, listing: string | undefined): GuardState {
  return listing?.includes(`\tset ${ARMED_SET} {`) === true ? armedState(table) : { kind: 'none' };
}
