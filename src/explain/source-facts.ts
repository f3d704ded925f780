/** What the daemon knows of a source at this moment, beside what happened. */

import type { BannedBy } from './explanation.ts';

export interface SourceFacts {
  /** Grants in force for the source. `endsMs`: wall clock, FOREVER_MS for no end. */
  readonly grants: readonly { readonly door: string; readonly endsMs: number }[];
  /** `endMs` as `endsMs` above. */
  readonly ban: { readonly by: BannedBy; readonly endMs: number } | undefined;
  /** `-4`: the daemon does not look at IPv6. */
  readonly ignoresIpv6: boolean;
  /** Doors that have something to do for the other address family alone. */
  readonly otherFamilyDoors: readonly string[];
  /** What of the firewall's other rules may keep the source's packets from a door, open or not. */
  readonly hindrances: readonly { readonly door: string; readonly text: string }[];
  /** Ports of sequences may be told. */
  readonly showsSecrets: boolean;
}
