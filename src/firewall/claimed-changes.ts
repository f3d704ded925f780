/** Changes of grants, where rules cannot say whose they are and several grants may share one. */

import type { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { AccessClaims } from './access-claims.ts';
import type { GuardedDoor, PortGrant } from './firewall.ts';
import { changeProblem, type DoorsByName, type GrantChange } from './grant-change.ts';
import type { GrantName } from './grant-key.ts';

export interface ClaimedRules<Rule> {
  readonly doors: DoorsByName;
  readonly claims: AccessClaims;
  readonly rulesOf: (door: GuardedDoor, source: string) => readonly Rule[];
  readonly keyOf: (rule: Rule) => string;
  /** Makes the firewall say of these what the claims say. Gives what could not be done, by key. */
  readonly apply: (rules: readonly Rule[]) => Promise<ReadonlyMap<string, OpError>>;
}

/** One result for each change. A grant that could not be opened keeps the end that it had, or has no rule at all. */
export async function commitClaims<Rule>(
  changes: readonly GrantChange[],
  { doors, claims, rulesOf, keyOf, apply }: ClaimedRules<Rule>,
): Promise<readonly Result<void, OpError>[]> {
  const rulesOfGrant = ({ door, source }: GrantName) => {
    const guarded = doors.get(door);
    return guarded === undefined ? [] : rulesOf(guarded, source);
  };
  const problems = changes.map((change) => changeProblem(change, doors));
  const possible = changes.filter((_, index) => problems[index] === undefined);
  const before = possible.map((change) => claim(change, rulesOfGrant(change.grant).map(keyOf), claims));
  const errors = await apply(possible.flatMap(({ grant }) => rulesOfGrant(grant)));
  const errorOf = ({ grant }: GrantChange) =>
    rulesOfGrant(grant)
      .map((rule) => errors.get(keyOf(rule)))
      .find((error) => error !== undefined);
  const undone = possible.flatMap((change, index) => {
    if (change.kind === 'close' || errorOf(change) === undefined) return [];
    const rules = rulesOfGrant(change.grant);
    const last = before[index];
    const back: GrantChange =
      last === undefined ? { kind: 'close', grant: change.grant } : { ...change, grant: last };
    claim(back, rules.map(keyOf), claims);
    return rules;
  });
  if (undone.length > 0) await apply(undone);
  return changes.map((change, index) => {
    const error = problems[index] ?? errorOf(change);
    return error === undefined ? ok(undefined) : fail(error);
  });
}

/** Gives what the same door and source had before. */
function claim(
  { kind, grant }: GrantChange,
  keys: readonly string[],
  claims: AccessClaims,
): PortGrant | undefined {
  let before: PortGrant | undefined;
  for (const key of keys) {
    if (kind === 'open') before = claims.claim(key, grant);
    else claims.release(key, grant);
  }
  return before;
}
