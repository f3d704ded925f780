/** A guard that falls by itself unless it is confirmed: for administrators who could shut themselves out. */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import type { FirewallPlan, Reconciled } from './firewall.ts';

export type GuardState =
  | { readonly kind: 'none' }
  /** For good. */
  | { readonly kind: 'stands' }
  | { readonly kind: 'on trial'; readonly leftMs: number }
  /** The rules are there and drop nothing: a trial was not confirmed. */
  | { readonly kind: 'fallen' };

export interface GuardTrial {
  /**
   * As `reconcile`; a guard that is new or changed drops for so long, and then no more: the kernel sees to that,
   * whatever becomes of this process. A guard that stands already as planned goes on standing.
   */
  start(plan: FirewallPlan, now: Moment, forMs: number): Promise<Result<Reconciled, OpError>>;
  /** Makes a guard on trial stand for good; what it was before. Too late when it has fallen. */
  confirm(): Promise<Result<GuardState, OpError>>;
  /** Takes a guard on trial down. What stood before stands again, with those of its grants that are not over. */
  end(now: Moment): Promise<Result<'restored' | 'removed', OpError>>;
  state(): Promise<Result<GuardState, OpError>>;
}
