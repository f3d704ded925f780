/** What makes two grants the same: their door and source. */

import type { PortGrant } from './firewall.ts';

export type GrantName = Pick<PortGrant, 'door' | 'source'>;

/** Equal for the same door and source, and for nothing else. */
export function grantKey({ door, source }: GrantName): string {
  return `${source} ${door}`; // a source has no spaces
}

/** The last one of each grant. */
export function byGrantKey<Named extends GrantName>(grants: readonly Named[]): Map<string, Named> {
  return new Map(grants.map((grant) => [grantKey(grant), grant]));
}

/** Those of `grants` that `others` has not, each once. */
export function grantsNotIn<Named extends GrantName>(
  grants: readonly Named[],
  others: readonly GrantName[],
): readonly Named[] {
  const known = byGrantKey(others);
  return [...byGrantKey(grants)].filter(([key]) => !known.has(key)).map(([, grant]) => grant);
}
