/** Plans as accesses, and the accesses that firewalld has as grants. */

import { FOREVER_MS } from '../base/duration.ts';
import type { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { formatPortRange } from '../net/port-range.ts';
import { AccessClaims } from './access-claims.ts';
import type { FirewallPlan, GuardedDoor, PortGrant } from './firewall.ts';
import type { FirewalldState } from './firewalld-state.ts';
import type { FirewalldZone } from './firewalld-zone.ts';
import { type DoorsByName, doorsByName, grantsInForce } from './grant-change.ts';
import { grantsNotIn } from './grant-key.ts';
import { accessesOf, accessKey, type PortAccess } from './rich-rule.ts';

export interface AccessPlan {
  readonly accesses: readonly PortAccess[];
  readonly claims: AccessClaims;
}

export function accessPlanOf(plan: FirewallPlan, now: Moment): AccessPlan {
  const doors = doorsByName(plan);
  const claims = new AccessClaims();
  const accesses = grantsInForce(plan, now).flatMap((grant) => {
    const all = accessesOfGrant(grant, doors);
    for (const access of all) claims.claim(accessKey(access), grant);
    return all;
  });
  return { accesses, claims };
}

/** Makes every zone say what the plan says: the zones of doors all of it, the others nothing. */
export async function settleZones(
  { zones, doorZones, ownIn }: FirewalldState,
  { accesses, claims }: AccessPlan,
  nowMs: number,
  zoneOf: (name: string) => FirewalldZone,
): Promise<Result<void, OpError>> {
  for (const zone of zones) {
    const found = ownIn(zone);
    const isForDoors = doorZones.includes(zone);
    const all = [...found.map(({ access }) => access), ...(isForDoors ? accesses : [])];
    if (all.length === 0) continue;
    const wanted = [...new Map(all.map((access) => [accessKey(access), access]))].map(([key, access]) => {
      return { access, endMs: isForDoors ? claims.holderOf(key, nowMs)?.endMs : undefined };
    });
    const settled = zoneOf(zone.name);
    settled.adopt(found);
    const { errors } = await settled.apply(wanted, nowMs, true);
    for (const error of errors.values()) return fail(error);
  }
  return ok(undefined);
}

/**
 * Those of `grants` that have all their accesses, and what else was found as grants without an end: of the door that has
 * these ports, or named by the ports where there is none.
 */
export function grantsOfAccesses(
  found: readonly PortAccess[],
  grants: readonly PortGrant[],
  doors: DoorsByName,
): readonly PortGrant[] {
  const keys = new Set(found.map(accessKey));
  const there = grants.filter((grant) =>
    accessesOfGrant(grant, doors).every((access) => keys.has(accessKey(access))),
  );
  const known = new Set(there.flatMap((grant) => accessesOfGrant(grant, doors).map(accessKey)));
  const strangers = found
    .filter((access) => !known.has(accessKey(access)))
    .map(({ source, range }) => {
      const port = formatPortRange(range);
      const door = [...doors.values()].find(({ ports }) => ports.map(formatPortRange).includes(port));
      return { door: door?.name ?? port, source, endMs: FOREVER_MS };
    });
  return [...there, ...grantsNotIn(strangers, there)];
}

/** None for a door that is not there. */
export function accessesOfGrant(
  { door, source }: Pick<PortGrant, 'door' | 'source'>,
  doors: DoorsByName,
): readonly PortAccess[] {
  const guarded: GuardedDoor | undefined = doors.get(door);
  return guarded === undefined ? [] : accessesOf(guarded, source);
}
