/**
 * The backends `nftables` and `nftables-mark`: one table of Postern's own, and nothing else is touched.
 *
 * The kernel closes each grant on time by itself, and the table stands while the daemon is down. Every change is one
 * transaction. Judged are packets to this host, and those that it forwards since it has translated their destination: ports
 * that containers publish. What else is forwarded or bridged passes by.
 */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { attempt } from './attempt.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from './firewall.ts';
import type { GuardTrial } from './guard-trial.ts';
import { findTable } from './nftables-found.ts';
import { NftablesKeeper } from './nftables-keeper.ts';
import type { NftablesPolicy } from './nftables-structure.ts';
import { NftablesTable } from './nftables-table.ts';
import { NftablesTrial } from './nftables-trial.ts';

export interface NftablesOptions {
  readonly policy: NftablesPolicy;
  /** Somebody else had taken away what the last plan and later openings had made; it is back. */
  readonly repaired: (what: Reconciled) => void;
}

/** With marks the guard of the other backend may stand beside. */
const TABLES = { guard: 'postern', mark: 'postern_mark' } as const;

export class NftablesFirewall implements Firewall {
  readonly kind: 'nftables' | 'nftables-mark';
  readonly trial?: GuardTrial;
  readonly #table: NftablesTable;
  readonly #keeper: NftablesKeeper;

  constructor({ policy, repaired }: NftablesOptions) {
    const isGuard = policy.kind === 'guard';
    this.kind = isGuard ? 'nftables' : 'nftables-mark';
    this.#table = new NftablesTable(TABLES[policy.kind]);
    this.#keeper = new NftablesKeeper(this.#table, policy, repaired);
    if (isGuard) this.trial = new NftablesTrial(this.#table, this.#keeper);
  }

  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    return attempt(() => this.#keeper.reconcile(plan, now.wallMs));
  }

  open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>> {
    return attempt(() => this.#keeper.open(grant, now.wallMs));
  }

  close(grant: Pick<PortGrant, 'door' | 'source'>): Promise<Result<void, OpError>> {
    return attempt(() => this.#keeper.close(grant));
  }

  check(now: Moment): Promise<Result<void, OpError>> {
    return attempt(() => this.#keeper.check(now.wallMs));
  }

  list(now: Moment): Promise<Result<readonly PortGrant[], OpError>> {
    return attempt(() => {
      const { grants } = findTable(this.#table, this.#keeper.sets, now.wallMs);
      return [...grants.values()].map(({ grant }) => grant);
    });
  }

  show(): Promise<Result<string, OpError>> {
    return attempt(() => this.#table.list('full') ?? '');
  }

  describe(plan: FirewallPlan, now: Moment): Promise<Result<string, OpError>> {
    return attempt(() => this.#keeper.describe(plan, now.wallMs));
  }

  remove(): Promise<Result<void, OpError>> {
    return attempt(() => {
      this.#keeper.forget();
      this.#table.remove();
    });
  }
}
