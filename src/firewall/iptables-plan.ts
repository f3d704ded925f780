/** Plans and changes as the rules that each grant should have in one address family. */

import type { Moment } from '../grant/moment.ts';
import type { FirewallPlan } from './firewall.ts';
import {
  type DoorsByName,
  doorsByName,
  familyOf,
  type GrantChange,
  grantsInForce,
  isInForce,
} from './grant-change.ts';
import { type GrantName, grantKey } from './grant-key.ts';
import { type IptablesRule, rulesOfGrant } from './iptables-rule.ts';

/** By `grantKey`; none: the grant is not to be there. */
export type WantedRules = ReadonlyMap<string, readonly IptablesRule[]>;

export interface RulePlace {
  readonly family: 4 | 6;
  readonly chain: string;
}

/** @param present what is there and must go unless it is planned */
export function rulesOfPlan(
  { family, chain }: RulePlace,
  plan: FirewallPlan,
  now: Moment,
  present: readonly GrantName[],
): WantedRules {
  const doors = doorsByName(plan);
  const wanted = new Map<string, readonly IptablesRule[]>(present.map((grant) => [grantKey(grant), []]));
  for (const grant of grantsInForce(plan, now)) {
    const door = doors.get(grant.door);
    if (door === undefined || familyOf(grant) !== family) continue;
    wanted.set(grantKey(grant), rulesOfGrant(chain, door, grant));
  }
  return wanted;
}

/** The last change of a grant counts. Changes of unknown doors are left out. */
export function rulesOfChanges(
  { family, chain }: RulePlace,
  changes: readonly GrantChange[],
  doors: DoorsByName,
): WantedRules {
  const wanted = new Map<string, readonly IptablesRule[]>();
  for (const change of changes) {
    const { kind, grant } = change;
    if (familyOf(grant) !== family) continue;
    if (kind === 'close' || !isInForce(change.grant, change.now)) wanted.set(grantKey(grant), []);
    else {
      const door = doors.get(grant.door);
      if (door !== undefined) wanted.set(grantKey(grant), rulesOfGrant(chain, door, change.grant));
    }
  }
  return wanted;
}
