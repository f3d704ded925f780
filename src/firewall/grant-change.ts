/** What the backends that run programs are asked to do with one grant, and what of it cannot be done. */

import { OpError } from '../base/op-error.ts';
import type { Moment } from '../grant/moment.ts';
import { parsePrefix } from '../net/prefix.ts';
import type { FirewallPlan, GuardedDoor, PortGrant } from './firewall.ts';
import type { GrantName } from './grant-key.ts';

export type GrantChange =
  | { readonly kind: 'open'; readonly grant: PortGrant; readonly now: Moment }
  | { readonly kind: 'close'; readonly grant: GrantName };

/** The wall clock at the last of them that tells it; else 0. */
export function latestOf(changes: readonly GrantChange[]): number {
  return Math.max(0, ...changes.map((change) => (change.kind === 'open' ? change.now.wallMs : 0)));
}

export type DoorsByName = ReadonlyMap<string, GuardedDoor>;

export function doorsByName({ doors }: FirewallPlan): DoorsByName {
  return new Map(doors.map((door) => [door.name, door]));
}

/** Those with a door and with time left. */
export function grantsInForce({ grants, ...plan }: FirewallPlan, now: Moment): readonly PortGrant[] {
  const doors = doorsByName({ grants, ...plan });
  return grants.filter((grant) => doors.has(grant.door) && isInForce(grant, now));
}

export function isInForce({ endMs }: PortGrant, { wallMs }: Moment): boolean {
  return endMs > wallMs;
}

/** Why this can be done by no firewall; undefined when it can. */
export function changeProblem({ kind, grant }: GrantChange, doors: DoorsByName): OpError | undefined {
  const problem = (cause: string) => new OpError({ op: kind, target: grant.door, cause });
  if (parsePrefix(grant.source) === undefined) return problem(`'${grant.source}' is no address or prefix`);
  if (kind === 'open' && !doors.has(grant.door)) return problem('the firewall knows no door of this name');
  return undefined;
}

/** Of a canonical address or prefix. */
export function familyOf({ source }: GrantName): 4 | 6 {
  return source.includes(':') ? 6 : 4;
}
