/**
 * Which grants want a rule, where rules cannot say whose they are: two doors may open the same ports to the same source
 * with one rule, which then stays until the later of their ends.
 */

import type { PortGrant } from './firewall.ts';
import { byGrantKey, type GrantName } from './grant-key.ts';

export class AccessClaims {
  /** By the rule's key, then by door. */
  readonly #claims = new Map<string, Map<string, PortGrant>>();

  /** Gives the claim of the same door that it replaces. */
  claim(rule: string, grant: PortGrant): PortGrant | undefined {
    const claims = this.#claims.get(rule) ?? new Map<string, PortGrant>();
    const before = claims.get(grant.door);
    this.#claims.set(rule, claims.set(grant.door, grant));
    return before;
  }

  release(rule: string, { door }: GrantName): void {
    const claims = this.#claims.get(rule);
    claims?.delete(door);
    if (claims?.size === 0) this.#claims.delete(rule);
  }

  /** The one that lasts longest; undefined: nobody wants the rule after `nowMs`. */
  holderOf(rule: string, nowMs: number): PortGrant | undefined {
    let holder: PortGrant | undefined;
    for (const grant of this.#claims.get(rule)?.values() ?? []) {
      if (grant.endMs > nowMs && (holder === undefined || grant.endMs > holder.endMs)) holder = grant;
    }
    return holder;
  }

  /** Those that go on after `nowMs`. */
  grants(nowMs: number): readonly PortGrant[] {
    const all = [...this.#claims.values()].flatMap((claims) => [...claims.values()]);
    return [...byGrantKey(all).values()].filter(({ endMs }) => endMs > nowMs);
  }
}
