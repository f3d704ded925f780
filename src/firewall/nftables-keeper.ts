/** Keeps a table to a plan, and remembers what it made, so that it need not look where nobody changed anything since. */

import { OpError } from '../base/op-error.ts';
import type { ElementChange } from '../native/nftables-elements.ts';
import type { FirewallPlan, Hindrance, PortGrant, Reconciled } from './firewall.ts';
import type { GuardState } from './guard-trial.ts';
import { armChanges } from './nftables-armed.ts';
import { findTable } from './nftables-found.ts';
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
import { hindrancesByChain } from './nftables-others.ts';
import { guardElements, replaceScript } from './nftables-script.ts';
import { type Spot, spotOf } from './nftables-set.ts';
import { type NftablesPolicy, type Structure, structureOf } from './nftables-structure.ts';
import type { NftablesTable } from './nftables-table.ts';

/** What this process last made, or found to be as it would have made it. */
interface InForce {
  readonly doors: FirewallPlan['doors'];
  readonly names: ReadonlySet<string>;
  readonly structure: Structure;
  /** How the kernel prints a table of this structure; undefined: it was not asked yet. */
  readonly reference: string | undefined;
  readonly hindrances: readonly Hindrance[];
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
  readonly hindrances: readonly Hindrance[];
}

/** No ruleset has this number. */
const UNKNOWN = -1;

export class NftablesKeeper {
  readonly #table: NftablesTable;
  readonly #policy: NftablesPolicy;
  readonly #repaired: (what: Reconciled) => void;
  readonly #grants = new GrantMemory();
  #inForce: InForce | undefined;
  /** Of the ruleset after our last change; another one means that somebody else changed something. */
  #generation = UNKNOWN;
  /** Of the ruleset when `check` last found that the table is there. */
  #checked = UNKNOWN;

  constructor(table: NftablesTable, policy: NftablesPolicy, repaired: (what: Reconciled) => void) {
    this.#table = table;
    this.#policy = policy;
    this.#repaired = repaired;
  }

  /** Those of the table in force. */
  get sets(): Structure['sets'] {
    return this.#inForce?.structure.sets ?? new Map();
  }

  /**
   * @param trialMs how long a guard that is new or changed drops; undefined: for good
   * @throws OpError
   */
  reconcile(plan: FirewallPlan, nowMs: number, trialMs?: number): Reconciled {
    const structure = structureOf(plan.doors, plan.grants, this.#policy);
    const wanted = placeGrants(plan.grants, structure.sets, nowMs);
    const before = this.#untouched(structure, nowMs) ?? this.#inspect(plan.doors, structure, nowMs, trialMs);
    const isDone = before.stands && this.#change(changesBetween(before.grants, wanted, nowMs)) === undefined;
    if (!isDone) {
      this.#table.run(this.#script(plan.doors, structure, wanted, nowMs, before.trialMs));
      this.#generation++;
    }
    const names = new Set(plan.doors.map(({ name }) => name));
    const { reference, warnings, hindrances } = before;
    this.#inForce = { doors: plan.doors, names, structure, reference, hindrances };
    this.#grants.replace([...wanted.values()].map(({ grant }) => grant));
    return { ...differenceBetween(before.grants, wanted), warnings, hindrances };
  }

  /** @throws OpError */
  open(grant: PortGrant, nowMs: number): void {
    const inForce = this.#inForce;
    const spot = placeOf(grant);
    if (inForce?.names.has(grant.door) !== true) throw unknownDoor(grant.door);
    const isNew = !this.#grants.has(grant);
    this.#grants.set(grant, nowMs);
    const isPlanned = inForce.structure.sets.has(spot.set);
    if (isPlanned && this.#put(putOf({ ...spot, grant }, nowMs), isNew)) return;
    const restored = this.#restore(inForce.doors, nowMs);
    if (isPlanned) this.#repaired(restored);
  }

  /** @throws OpError */
  close(grant: Pick<PortGrant, 'door' | 'source'>): void {
    this.#grants.delete(grant);
    if (this.#change([takeOf(placeOf(grant))]) === 'ENOENT') this.#generation = UNKNOWN;
  }

  /**
   * Rules that somebody changed, another `postern` on purpose perhaps, stay as they are until the next reconciliation.
   * @throws OpError
   */
  check(nowMs: number): void {
    const inForce = this.#inForce;
    if (inForce === undefined) return;
    const seen = this.#table.generation();
    if (seen === this.#generation || seen === this.#checked) return;
    if (this.#table.hasRules()) this.#checked = seen;
    else this.#repaired(this.#restore(inForce.doors, nowMs));
  }

  /** The script for where there is nothing yet. */
  describe({ doors, grants }: FirewallPlan, nowMs: number): string {
    const structure = structureOf(doors, grants, this.#policy);
    return this.#script(doors, structure, placeGrants(grants, structure.sets, nowMs), nowMs, undefined);
  }

  /** Nothing is in force any more. */
  forget(): void {
    this.#inForce = undefined;
    this.#grants.replace([]);
  }

  #restore(doors: FirewallPlan['doors'], nowMs: number): Reconciled {
    return this.reconcile({ doors, grants: this.#grants.alive(nowMs) }, nowMs);
  }

  /** What is there when nobody changed anything since our last change: known without a look. */
  #untouched(structure: Structure, nowMs: number): Before | undefined {
    const inForce = this.#inForce;
    if (inForce?.structure.body !== structure.body) return undefined;
    if (this.#table.generation() !== this.#generation) return undefined;
    const grants = placeGrants(this.#grants.alive(nowMs), structure.sets, nowMs);
    const { reference, hindrances } = inForce;
    return { stands: true, grants, reference, trialMs: undefined, warnings: [], hindrances };
  }

  #inspect(
    doors: FirewallPlan['doors'],
    structure: Structure,
    nowMs: number,
    trialMs: number | undefined,
  ): Before {
    const isSame = this.#inForce?.structure.body === structure.body;
    const reference = (isSame ? this.#inForce?.reference : undefined) ?? this.#referenceFor(structure);
    this.#generation = this.#table.generation();
    const known = new Map([...this.sets, ...structure.sets]);
    const { listing, guard, grants } = findTable(this.#table, known, nowMs);
    const stands = listing !== undefined && listing === reference;
    if (stands) this.#arm(guard, isSame, trialMs);
    const leftMs = guard.kind === 'on trial' ? guard.leftMs : undefined;
    const byChain = this.#policy.kind === 'guard' ? hindrancesByChain(doors) : [];
    const warnings = byChain.flatMap(([first]) => (first === undefined ? [] : [first.text]));
    if (leftMs !== undefined && trialMs === undefined) warnings.push(onTrial(leftMs));
    return { stands, grants, reference, trialMs: trialMs ?? leftMs, warnings, hindrances: byChain.flat() };
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

  /** What is not there is added in one step instead of three. False: a set is missing. */
  #put(put: ElementChange, isNew: boolean): boolean {
    if (isNew && this.#change([{ ...put, kind: 'add' }]) === undefined) return true;
    return this.#change([put]) === undefined;
  }

  #change(changes: readonly ElementChange[]): ReturnType<NftablesTable['change']>['refused'] {
    if (changes.length === 0) return undefined;
    const { refused, transactions } = this.#table.change(changes);
    this.#generation += transactions;
    return refused;
  }

  #script(
    doors: FirewallPlan['doors'],
    structure: Structure,
    grants: PlacedGrants,
    nowMs: number,
    trialMs: number | undefined,
  ): string {
    const guard = this.#policy.kind === 'guard' ? guardElements(doors, trialMs) : [];
    return replaceScript(this.#table.name, structure.body, [
      ...guard,
      ...textElements(grants.values(), nowMs),
    ]);
  }
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

function onTrial(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  return `the guard is on trial for ${seconds} s more, and then drops nothing: 'postern firewall confirm' makes it stay`;
}
