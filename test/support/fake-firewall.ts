/** A firewall in memory, with what it was asked. */

import { OpError } from '../../src/base/op-error.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import type { FirewallKind } from '../../src/config/config.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from '../../src/firewall/firewall.ts';

type Done = Promise<Result<void, OpError>>;

export class FakeFirewall implements Firewall {
  readonly kind: FirewallKind;
  readonly grants = new Map<string, PortGrant>();
  readonly asked: string[] = [];
  /** While it is set, everything fails with it. */
  error: string | undefined;

  constructor(kind: FirewallKind) {
    this.kind = kind;
  }

  reconcile({ doors, grants }: FirewallPlan): Promise<Result<Reconciled, OpError>> {
    this.asked.push(`reconcile ${doors.map(({ name }) => name).join(',')}: ${grants.map(keyOf).join(', ')}`);
    if (this.error !== undefined) return Promise.resolve(this.#failure());
    const wanted = new Map(grants.map((grant) => [keyOf(grant), grant]));
    const removed = [...this.grants.values()].filter((grant) => !wanted.has(keyOf(grant)));
    const added = grants.filter((grant) => !this.grants.has(keyOf(grant)));
    this.grants.clear();
    for (const [key, grant] of wanted) this.grants.set(key, grant);
    return Promise.resolve(ok({ removed, added, warnings: [] }));
  }

  open(grant: PortGrant): Done {
    return this.#do(`open ${keyOf(grant)}`, () => this.grants.set(keyOf(grant), grant));
  }

  close(grant: Pick<PortGrant, 'door' | 'source'>): Done {
    return this.#do(`close ${keyOf(grant)}`, () => this.grants.delete(keyOf(grant)));
  }

  list(): Promise<Result<readonly PortGrant[], OpError>> {
    return Promise.resolve(ok([...this.grants.values()]));
  }

  show(): Promise<Result<string, OpError>> {
    return Promise.resolve(ok([...this.grants.keys()].join('\n')));
  }

  describe(): Promise<Result<string, OpError>> {
    return Promise.resolve(ok(''));
  }

  remove(): Done {
    return this.#do('remove', () => this.grants.clear());
  }

  #do(what: string, act: () => void): Done {
    this.asked.push(what);
    if (this.error !== undefined) return Promise.resolve(this.#failure());
    act();
    return Promise.resolve(ok(undefined));
  }

  #failure() {
    return fail(new OpError({ op: 'use', target: this.kind, cause: new Error(this.error) }));
  }
}

function keyOf({ door, source }: Pick<PortGrant, 'door' | 'source'>): string {
  return `${door} ${source}`;
}
