/**
 * The backend `firewalld`: rich rules with a timeout, in the runtime configuration of the default zone and of every zone
 * with an interface. firewalld closes each on time by itself. It forgets them when it is reloaded or started anew; what
 * is still open comes back with the next change that shows it, and at a reconciliation. What is refused is up to the
 * zones.
 */

import type { OpError } from '../base/op-error.ts';
import { ok, type Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { AccessClaims } from './access-claims.ts';
import { ChangeQueue } from './change-queue.ts';
import { commitClaims } from './claimed-changes.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from './firewall.ts';
import { accessPlanOf, grantsOfAccesses, settleZones } from './firewalld-plan.ts';
import { portsOfService } from './firewalld-services.ts';
import { type FirewalldState, readFirewalld } from './firewalld-state.ts';
import { zoneWarnings } from './firewalld-warnings.ts';
import { FirewalldZone } from './firewalld-zone.ts';
import { type DoorsByName, doorsByName, type GrantChange, grantsInForce } from './grant-change.ts';
import { type GrantName, grantsNotIn } from './grant-key.ts';
import { accessesOf, accessKey, formatRichRule, type PortAccess } from './rich-rule.ts';
import { type RunProgram, runProgram } from './run-program.ts';

export interface FirewalldOptions {
  /** firewalld had forgotten rules of grants; they are back. Called when that is seen, at the next change. */
  readonly repaired?: (what: Reconciled) => void;
  readonly run?: RunProgram;
  /** Wall clock: what counts is the moment at which firewalld is told a time. */
  readonly nowMs?: () => number;
}

/** Changes whose answers wait for each other: firewalld takes some 7 ms for each. */
const MAX_GROUP = 64;

const NO_GUARD = '# No guard: what no rule lets in must be refused by your zones.\n';

export class Firewalld implements Firewall {
  readonly kind = 'firewalld';
  readonly #repaired: (what: Reconciled) => void;
  readonly #run: RunProgram;
  readonly #nowMs: () => number;
  readonly #queue = new ChangeQueue<GrantChange>(MAX_GROUP, (changes) => this.#commit(changes));
  #doors: DoorsByName = new Map();
  #claims = new AccessClaims();
  #zones: ReadonlyMap<string, FirewalldZone> = new Map();

  constructor({ repaired = () => {}, run = runProgram, nowMs = Date.now }: FirewalldOptions = {}) {
    this.#repaired = repaired;
    this.#run = run;
    this.#nowMs = nowMs;
  }

  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    return this.#queue.alone(() => this.#reconcile(plan, now));
  }

  open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>> {
    return this.#queue.change({ kind: 'open', grant, now });
  }

  close(grant: GrantName): Promise<Result<void, OpError>> {
    return this.#queue.change({ kind: 'close', grant });
  }

  /** firewalld does not tell times: the end of a rule that this process has not made is given as `forever`. */
  list(now: Moment): Promise<Result<readonly PortGrant[], OpError>> {
    return this.#withState(async (state) => {
      const found = state.doorZones.flatMap(state.ownIn).map(({ access }) => access);
      return grantsOfAccesses(found, this.#claims.grants(now.wallMs), this.#doors);
    });
  }

  show(): Promise<Result<string, OpError>> {
    return this.#withState(async ({ zones, ownIn }) =>
      zones
        .flatMap((zone) =>
          ownIn(zone).map(({ access, slot }) => `${zone.name}: ${formatRichRule(access, slot)}\n`),
        )
        .join(''),
    );
  }

  describe(plan: FirewallPlan, now: Moment): Promise<Result<string, OpError>> {
    return this.#withState(async (state) => {
      const commands: string[] = [];
      const note: RunProgram = async (file, args) => {
        commands.push(`${[file, ...args.map(quoted)].join(' ')}\n`);
        return { kind: 'exited', status: 0, stdout: '', stderr: '' };
      };
      await settleZones(state, accessPlanOf(plan, now), now.wallMs, (name) => new FirewalldZone(name, note));
      return NO_GUARD + commands.join('');
    });
  }

  async remove(): Promise<Result<void, OpError>> {
    const nothing = { doors: [], grants: [] };
    const removed = await this.reconcile(nothing, { monotonicMs: 0, wallMs: this.#nowMs() });
    return removed.ok ? ok(undefined) : removed;
  }

  async #reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    const read = await readFirewalld(this.#run);
    if (!read.ok) return read;
    const { zones, doorZones, ownIn } = read.value;
    const found = zones.flatMap(ownIn).map(({ access }) => access);
    const planned = grantsInForce(plan, now);
    const present = grantsOfAccesses(found, planned, doorsByName(plan));
    const accessPlan = accessPlanOf(plan, now);
    this.#doors = doorsByName(plan);
    this.#claims = accessPlan.claims;
    this.#zones = new Map(
      doorZones.map(({ name }) => [name, this.#zones.get(name) ?? new FirewalldZone(name, this.#run)]),
    );
    const settled = await settleZones(
      read.value,
      accessPlan,
      now.wallMs,
      (name) => this.#zones.get(name) ?? new FirewalldZone(name, this.#run),
    );
    if (!settled.ok) return settled;
    return ok({
      removed: grantsNotIn(present, planned),
      added: grantsNotIn(planned, present),
      warnings: doorZones.flatMap((zone) => zoneWarnings(zone, portsOfService, plan.doors)),
    });
  }

  #commit(changes: readonly GrantChange[]): Promise<readonly Result<void, OpError>[]> {
    return commitClaims(changes, {
      doors: this.#doors,
      claims: this.#claims,
      rulesOf: accessesOf,
      keyOf: accessKey,
      apply: (accesses) => this.#apply(accesses),
    });
  }

  /** By `accessKey`, what could not be done. */
  async #apply(accesses: readonly PortAccess[]): Promise<ReadonlyMap<string, OpError>> {
    const nowMs = this.#nowMs();
    const wanted = [...new Map(accesses.map((access) => [accessKey(access), access]))].map(
      ([key, access]) => {
        return { access, endMs: this.#claims.holderOf(key, nowMs)?.endMs };
      },
    );
    const outcomes = await Promise.all([...this.#zones.values()].map((zone) => zone.apply(wanted, nowMs)));
    if (outcomes.some(({ haveVanished }) => haveVanished)) await this.#repair(nowMs);
    return new Map(outcomes.flatMap(({ errors }) => [...errors]));
  }

  /** A failure shows again at the next change. */
  async #repair(nowMs: number): Promise<void> {
    const plan = { doors: [...this.#doors.values()], grants: this.#claims.grants(nowMs) };
    const reconciled = await this.#reconcile(plan, { monotonicMs: 0, wallMs: nowMs });
    if (reconciled.ok && reconciled.value.added.length > 0) this.#repaired(reconciled.value);
  }

  #withState<T>(job: (state: FirewalldState) => Promise<T>): Promise<Result<T, OpError>> {
    return this.#queue.alone(async () => {
      const read = await readFirewalld(this.#run);
      return read.ok ? ok(await job(read.value)) : read;
    });
  }
}

/** As a shell reads it. */
function quoted(word: string): string {
  return /^[\w=.,:/-]+$/.test(word) ? word : `'${word}'`;
}
