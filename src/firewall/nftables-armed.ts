/** Whether the guard drops: its set of packet families, whose elements have a time-out while the guard is on trial. */

import type { ElementChange } from '../native/nftables-elements.ts';
import type { GuardState } from './guard-trial.ts';
import { ARMED_SET } from './nftables-structure.ts';
import type { NftablesTable } from './nftables-table.ts';

/** NFPROTO_IPV4, NFPROTO_IPV6. */
const FAMILIES = [2, 10];

/** Of a table that is there. @throws OpError */
export function armedState(table: NftablesTable): GuardState {
  const left = table.elements(ARMED_SET).map(({ leftMs }) => leftMs);
  if (left.length === 0) return { kind: 'fallen' };
  const times = left.filter((ms) => ms !== undefined);
  return times.length === 0 ? { kind: 'stands' } : { kind: 'on trial', leftMs: Math.max(...times) };
}

export function armChanges(timeoutMs: number | undefined): readonly ElementChange[] {
  return FAMILIES.map((family) => ({ kind: 'put', set: ARMED_SET, key: Uint8Array.of(family), timeoutMs }));
}
