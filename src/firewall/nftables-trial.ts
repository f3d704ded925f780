/** A guard on trial: its armed set has time-outs. What stood before is remembered, to stand again. */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { attempt } from './attempt.ts';
import type { FirewallPlan, Reconciled } from './firewall.ts';
import type { GuardState, GuardTrial } from './guard-trial.ts';
import { armChanges } from './nftables-armed.ts';
import { type Found, findTable, guardIn } from './nftables-found.ts';
import { textElements } from './nftables-grants.ts';
import type { NftablesKeeper } from './nftables-keeper.ts';
import { armedElements, restoreScript } from './nftables-script.ts';
import type { NftablesTable } from './nftables-table.ts';

export class NftablesTrial implements GuardTrial {
  readonly #table: NftablesTable;
  readonly #keeper: NftablesKeeper;
  #before: Found | undefined;

  constructor(table: NftablesTable, keeper: NftablesKeeper) {
    this.#table = table;
    this.#keeper = keeper;
  }

  start(plan: FirewallPlan, now: Moment, forMs: number): Promise<Result<Reconciled, OpError>> {
    return attempt(() => {
      this.#before = findTable(this.#table, this.#keeper.sets, now.wallMs);
      return this.#keeper.reconcile(plan, now.wallMs, forMs);
    });
  }

  confirm(): Promise<Result<GuardState, OpError>> {
    return attempt(() => {
      const before = this.#state();
      if (before.kind === 'on trial') this.#table.change(armChanges(undefined));
      return before;
    });
  }

  state(): Promise<Result<GuardState, OpError>> {
    return attempt(() => this.#state());
  }

  end(now: Moment): Promise<Result<'restored' | 'removed', OpError>> {
    return attempt(() => {
      this.#keeper.forget();
      if (this.#before?.listing === undefined || this.#before.guard.kind !== 'stands') {
        this.#table.remove();
        return 'removed';
      }
      const { listing, grants } = this.#before;
      const alive = [...grants.values()].filter(({ grant }) => grant.endMs > now.wallMs);
      const elements = [...armedElements(undefined), ...textElements(alive, now.wallMs)];
      this.#table.run(restoreScript(this.#table.name, listing, elements));
      return 'restored';
    });
  }

  #state(): GuardState {
    return guardIn(this.#table, this.#table.list('terse'));
  }
}
