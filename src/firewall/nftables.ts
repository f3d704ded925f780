/**
 * The backends `nftables` and `nftables-mark`: one table of Postern's own, `inet postern`, and nothing else is touched.
 *
 * The kernel closes each grant on time by itself, and the table stands while the daemon is down. Every change is one
 * transaction. Only packets to this host are judged (hook input): what is forwarded or bridged passes by.
 */

import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from './firewall.ts';
import type { GuardState, GuardTrial } from './guard-trial.ts';
import { armChanges } from './nftables-armed.ts';
import { findTable, guardIn } from './nftables-found.ts';
import {
  changesBetween,
  differenceBetween,
  type PlacedGrants,
  placeGrants,
  putOf,
  takeOf,
  textElements,
} from './nftables-grants.ts';
import { GrantMemory } from './nftables-memory.ts';
import { guardElements, replaceScript } from './nftables-script.ts';
import { type Spot, spotOf } from './nftables-set.ts';
import { type NftablesPolicy, type Structure, structureOf } from './nftables-structure.ts';
import { NftablesTable } from './nftables-table.ts';

export interface NftablesOptions {
  readonly policy: NftablesPolicy;
  /** Somebody else took away what a grant needed; it is back, as of the last plan and what was opened since. */
  readonly repaired: (what: Reconciled) => void;
}

/** What this process last made, or found to be as it would have made it. */
interface InForce {
  readonly doors: FirewallPlan['doors'];
  readonly names: ReadonlySet<string>;
  readonly structure: Structure;
  /** How the kernel prints a table of this structure; undefined: it was not asked yet. */
  readonly reference: string | undefined;
}

export class NftablesFirewall implements Firewall {
  readonly kind: 'nftables' | 'nftables-mark';
  readonly trial?: GuardTrial;
  readonly #options: NftablesOptions;
  readonly #table: NftablesTable;
  readonly #grants = new GrantMemory();
  #inForce: InForce | undefined;
  /** Of the ruleset after our last change; another one means that somebody else changed something. */
  #generation = -1;
  /** Of the ruleset when `check` last found that the table is there. */
  #checked = -1;

  constructor(options: NftablesOptions) {
    this.#options = options;
    const isGuard = options.policy.kind === 'guard';
    this.kind = isGuard ? 'nftables' : 'nftables-mark';
    this.#table = new NftablesTable(isGuard ? 'postern' : 'postern_mark');
    if (isGuard) this.trial = this.#makeTrial();
  }

  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    return attempt(() => this.#reconcile(plan, now.wallMs, undefined));
  }

  open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>> {
    return attempt(() => this.#open(grant, now.wallMs));
  }

  close(grant: Pick<PortGrant, 'door' | 'source'>): Promise<Result<void, OpError>> {
    return attempt(() => {
      this.#grants.delete(grant);
      if (this.#change([takeOf(placeOf(grant))]) === 'ENOENT') this.#generation = -1;
    });
  }

  check(now: Moment): Promise<Result<void, OpError>> {
    return attempt(() => this.#check(now.wallMs));
  }

  list(now: Moment): Promise<Result<readonly PortGrant[], OpError>> {
    return attempt(() => {
      const { grants } = findTable(this.#table, this.#knownSets(), now.wallMs);
      return [...grants.values()].map(({ grant }) => grant);
    });
  }

  show(): Promise<Result<string, OpError>> {
    return attempt(() => this.#table.list('full') ?? '');
  }

  describe({ doors, grants }: FirewallPlan, now: Moment): Promise<Result<string, OpError>> {
    return attempt(() => {
      const structure = structureOf(doors, grants, this.#options.policy);
      const wanted = placeGrants(grants, structure.sets, now.wallMs);
      return this.#script(doors, structure, wanted, now.wallMs, undefined);
    });
  }

  remove(): Promise<Result<void, OpError>> {
    return attempt(() => {
      this.#inForce = undefined;
      this.#grants.replace([]);
      this.#table.remove();
    });
  }

  #open(grant: PortGrant, nowMs: number): void {
    const inForce = this.#inForce;
    const place = placeOf(grant);
    if (inForce?.names.has(grant.door) !== true) throw unknownDoor(grant.door);
    this.#grants.set(grant, nowMs);
    const isPlanned = inForce.structure.sets.has(place.set);
    if (isPlanned && this.#change([putOf({ ...place, grant }, nowMs)]) === undefined) return;
    if (isPlanned) this.#restore(inForce.doors, nowMs);
    else this.#reconcile({ doors: inForce.doors, grants: this.#grants.alive(nowMs) }, nowMs, undefined);
  }

  /** Rules that somebody changed, another `postern` on purpose perhaps, stay as they are until the next reconciliation. */
  #check(nowMs: number): void {
    const inForce = this.#inForce;
    if (inForce === undefined) return;
    const seen = this.#table.generation();
    if (seen === this.#generation || seen === this.#checked) return;
    if (this.#table.hasRules()) this.#checked = seen;
    else this.#restore(inForce.doors, nowMs);
  }

  #restore(doors: FirewallPlan['doors'], nowMs: number): void {
    const plan = { doors, grants: this.#grants.alive(nowMs) };
    this.#options.repaired(this.#reconcile(plan, nowMs, undefined));
  }

  /** @param trialMs how long a guard that is new or changed drops; undefined: for good */
  #reconcile(plan: FirewallPlan, nowMs: number, trialMs: number | undefined): Reconciled {
    const structure = structureOf(plan.doors, plan.grants, this.#options.policy);
    const wanted = placeGrants(plan.grants, structure.sets, nowMs);
    const before = this.#untouched(structure, nowMs) ?? this.#inspect(structure, nowMs, trialMs);
    const isDone = before.stands && this.#change(changesBetween(before.grants, wanted, nowMs)) === undefined;
    if (!isDone) {
      this.#table.run(this.#script(plan.doors, structure, wanted, nowMs, before.trialMs));
      this.#generation++;
    }
    const names = new Set(plan.doors.map(({ name }) => name));
    this.#inForce = { doors: plan.doors, names, structure, reference: before.reference };
    this.#grants.replace([...wanted.values()].map(({ grant }) => grant));
    return { ...differenceBetween(before.grants, wanted), warnings: before.warnings };
  }

  /** What is there when nobody changed anything since our last change: known without a look. */
  #untouched(structure: Structure, nowMs: number): Before | undefined {
    const inForce = this.#inForce;
    if (inForce?.structure.body !== structure.body || this.#table.generation() !== this.#generation)
      return undefined;
    const grants = placeGrants(this.#grants.alive(nowMs), structure.sets, nowMs);
    return { stands: true, grants, reference: inForce.reference, trialMs: undefined, warnings: [] };
  }

  #inspect(structure: Structure, nowMs: number, trialMs: number | undefined): Before {
    const isSame = this.#inForce?.structure.body === structure.body;
    const reference = (isSame ? this.#inForce?.reference : undefined) ?? this.#referenceFor(structure);
    this.#generation = this.#table.generation();
    const known = new Map([...this.#knownSets(), ...structure.sets]);
    const { listing, guard, grants } = findTable(this.#table, known, nowMs);
    const stands = listing !== undefined && listing === reference;
    if (stands) this.#arm(guard, isSame, trialMs);
    const leftMs = guard.kind === 'on trial' ? guard.leftMs : undefined;
    const warnings = leftMs !== undefined && trialMs === undefined ? [onTrial(leftMs)] : [];
    return { stands, grants, reference, trialMs: trialMs ?? leftMs, warnings };
  }

  /** Undefined where there are no rules of ours, so nothing to compare with. */
  #referenceFor({ body }: Structure): string | undefined {
    this.#table.generation(); // refuses first where nothing can be done
    return this.#table.hasRules() ? this.#table.reference(body) : undefined;
  }

  /** A trial that somebody started runs on, and what fell stays down until the guard is wanted anew. */
  #arm(guard: GuardState, wasInForce: boolean, trialMs: number | undefined): void {
    const isWanted = trialMs !== undefined || !wasInForce;
    if (guard.kind === 'fallen' && isWanted) this.#change(armChanges(trialMs));
    if (guard.kind === 'on trial' && trialMs !== undefined) this.#change(armChanges(trialMs));
  }

  #change(changes: Parameters<NftablesTable['change']>[0]): 'ENOENT' | undefined {
    if (changes.length === 0) return undefined;
    const refused = this.#table.change(changes);
    if (refused === undefined) this.#generation++;
    return refused;
  }

  #script(
    doors: FirewallPlan['doors'],
    structure: Structure,
    grants: PlacedGrants,
    nowMs: number,
    trialMs: number | undefined,
  ): string {
    const guard = this.#options.policy.kind === 'guard' ? guardElements(doors, trialMs) : [];
    return replaceScript(this.#table.name, structure, [...guard, ...textElements(grants, nowMs)]);
  }

  #knownSets(): Structure['sets'] {
    return this.#inForce?.structure.sets ?? new Map();
  }

  #makeTrial(): GuardTrial {
    const state = () => guardIn(this.#table, this.#table.list('terse'));
    return {
      start: (plan, now, forMs) => attempt(() => this.#reconcile(plan, now.wallMs, forMs)),
      state: () => attempt(state),
      confirm: () =>
        attempt(() => {
          const before = state();
          if (before.kind === 'on trial') this.#change(armChanges(undefined));
          return before;
        }),
    };
  }
}

/** What there was before a reconciliation. */
interface Before {
  /** The table is as it should be, its elements apart. */
  readonly stands: boolean;
  readonly grants: PlacedGrants;
  readonly reference: string | undefined;
  /** How long a new table's guard drops; undefined: for good. */
  readonly trialMs: number | undefined;
  readonly warnings: readonly string[];
}

function onTrial(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  return `the guard is on trial for ${seconds} s more, and then drops nothing: 'postern firewall confirm' makes it stay`;
}

function placeOf(grant: Pick<PortGrant, 'door' | 'source'>): Spot {
  const spot = spotOf(grant);
  if (spot.ok) return spot.value;
  throw new OpError({ op: 'find the place of', target: grant.source, cause: new Error(spot.error) });
}

function unknownDoor(door: string): OpError {
  return new OpError({
    op: 'open the door',
    target: door,
    cause: new Error('the firewall does not know it'),
  });
}

/** The calls are synchronous, so those of one backend never mix. */
async function attempt<T>(call: () => T): Promise<Result<T, OpError>> {
  try {
    return ok(call());
  } catch (error) {
    if (error instanceof OpError) return fail(error);
    throw error;
  }
}
