/** Plans as rules of ufw, and ufw's rules as grants. */

import type { Moment } from '../grant/moment.ts';
import { AccessClaims } from './access-claims.ts';
import type { FirewallPlan, PortGrant } from './firewall.ts';
import { type DoorsByName, doorsByName, grantsInForce } from './grant-change.ts';
import { grantsNotIn } from './grant-key.ts';
import { type UfwRule, ufwKey, ufwRulesOf } from './ufw-rule.ts';
import type { OwnUfwRule } from './ufw-table.ts';

export interface UfwPlan {
  /** By `ufwKey`. */
  readonly rules: ReadonlyMap<string, UfwRule>;
  readonly claims: AccessClaims;
}

export function ufwPlanOf(plan: FirewallPlan, now: Moment): UfwPlan {
  const doors = doorsByName(plan);
  const claims = new AccessClaims();
  const rules = new Map<string, UfwRule>();
  for (const grant of grantsInForce(plan, now)) {
    for (const rule of rulesOfGrant(grant, doors)) {
      rules.set(ufwKey(rule), rule);
      claims.claim(ufwKey(rule), grant);
    }
  }
  return { rules, claims };
}

/** Those of `grants` that have all their rules, and what the comments of the others say. */
export function grantsOfUfw(
  own: readonly OwnUfwRule[],
  grants: readonly PortGrant[],
  doors: DoorsByName,
): readonly PortGrant[] {
  const keys = new Set(own.map(({ rule }) => ufwKey(rule)));
  const rulesOf = (grant: PortGrant) => rulesOfGrant(grant, doors).map(ufwKey);
  const there = grants.filter((grant) => rulesOf(grant).every((key) => keys.has(key)));
  const known = new Set(there.flatMap(rulesOf));
  const others = own
    .filter(({ rule }) => !known.has(ufwKey(rule)))
    .map(({ rule: { source }, mark }) => ({ ...mark, source }));
  return [...there, ...grantsNotIn(others, there)];
}

function rulesOfGrant({ door, source }: PortGrant, doors: DoorsByName): readonly UfwRule[] {
  const guarded = doors.get(door);
  return guarded === undefined ? [] : ufwRulesOf(guarded, source);
}
