/** The grants that Postern's table holds, as far as this process knows; those whose end is past count no more. */

import { FOREVER_MS } from '../base/duration.ts';
import type { PortGrant } from './firewall.ts';

/** Below this it is not worth while to look for what is over. */
const PRUNE_FROM = 1024;

export class GrantMemory {
  readonly #grants = new Map<string, PortGrant>();
  #pruneAt = PRUNE_FROM;

  set(grant: PortGrant, nowMs: number): void {
    this.#grants.set(keyOf(grant), grant);
    if (this.#grants.size >= this.#pruneAt) this.#prune(nowMs);
  }

  has(grant: Pick<PortGrant, 'door' | 'source'>): boolean {
    return this.#grants.has(keyOf(grant));
  }

  delete(grant: Pick<PortGrant, 'door' | 'source'>): void {
    this.#grants.delete(keyOf(grant));
  }

  replace(grants: readonly PortGrant[]): void {
    this.#grants.clear();
    for (const grant of grants) this.#grants.set(keyOf(grant), grant);
  }

  alive(nowMs: number): readonly PortGrant[] {
    return [...this.#grants.values()].filter(({ endMs }) => endMs > nowMs);
  }

  #prune(nowMs: number): void {
    for (const [key, { endMs }] of this.#grants)
      if (endMs <= nowMs && endMs < FOREVER_MS) this.#grants.delete(key);
    this.#pruneAt = Math.max(PRUNE_FROM, this.#grants.size * 2);
  }
}

function keyOf({ door, source }: Pick<PortGrant, 'door' | 'source'>): string {
  return `${source} ${door}`;
}
