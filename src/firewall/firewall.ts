/**
 * What every native firewall backend does for doors with `Open`. A backend touches only what is its own; the
 * administrator's rules are never changed. Calls of one backend run one after the other, in the order in which they
 * were made. Failures are values.
 */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { FirewallKind } from '../config/config.ts';
import type { Moment } from '../grant/moment.ts';
import type { PortRange } from '../net/port-range.ts';
import type { GuardTrial } from './guard-trial.ts';

/** A door that the firewall keeps shut for all but those with a grant. */
export interface GuardedDoor {
  readonly name: string;
  readonly ports: readonly PortRange[];
  /** Length of the prefixes that IPv6 grants of this door have; 128: addresses. */
  readonly ipv6PrefixLength: number;
}

/** `source` may use the door of that name until `endMs`. */
export interface PortGrant {
  readonly door: string;
  /** Canonical text of an address or prefix, as `parsePrefix` reads it. */
  readonly source: string;
  /** Wall clock; FOREVER_MS: no end. */
  readonly endMs: number;
}

export interface FirewallPlan {
  readonly doors: readonly GuardedDoor[];
  readonly grants: readonly PortGrant[];
}

/** What a reconciliation found to be otherwise than planned, and put right. */
export interface Reconciled {
  /** Grants that the firewall had and nobody wanted. */
  readonly removed: readonly PortGrant[];
  /** Grants that the firewall lacked. */
  readonly added: readonly PortGrant[];
  /** What the administrator should know of the rest of the firewall, a sentence each: `chain 'INPUT' lets everything in`. */
  readonly warnings: readonly string[];
  /** Where it is known: what of the rest may drop what doors let in. Also told where `warnings` is silent, as nothing is new. */
  readonly hindrances?: readonly Hindrance[];
}

/** A rule of somebody else's that may drop what a door lets in. */
export interface Hindrance {
  readonly door: string;
  /** Undefined: both. */
  readonly family: 'ipv4' | 'ipv6' | undefined;
  /** A sentence like those of `warnings`. */
  readonly text: string;
}

export interface Firewall {
  readonly kind: FirewallKind;
  /** Of a backend whose guard can shut an administrator out. */
  readonly trial?: GuardTrial;
  /**
   * Makes the firewall say what `plan` says of Postern's doors, whatever it said before: at start, and when the doors
   * change. Grants that are in both stay in force all the while.
   */
  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>>;
  /** Lets the source in, or moves the end of what it has. Needs the door of an earlier `reconcile`. */
  open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>>;
  /** Succeeds also where there is nothing to close. */
  close(grant: Pick<PortGrant, 'door' | 'source'>): Promise<Result<void, OpError>>;
  /**
   * Of a backend that others can take away unnoticed: puts it back as of the last plan and what was opened since, and
   * says so to whoever asked to be told. To be called every few seconds: it costs microseconds while nobody changed anything.
   */
  check?(now: Moment): Promise<Result<void, OpError>>;
  /** The grants that are really in the firewall. */
  list(now: Moment): Promise<Result<readonly PortGrant[], OpError>>;
  /** What Postern has in the firewall, in the firewall's own words; empty when there is nothing. */
  show(): Promise<Result<string, OpError>>;
  /** What `reconcile` would do, in the firewall's own words (a script, or commands line by line). Changes nothing. */
  describe(plan: FirewallPlan, now: Moment): Promise<Result<string, OpError>>;
  /** Takes everything of Postern's out of the firewall, the guard included. */
  remove(): Promise<Result<void, OpError>>;
}
