/**
 * The backend `iptables`: rules at the head of a chain of the filter tables of iptables and ip6tables, each with a
 * comment that says whose it is (`grant-mark.ts`). Rules without that comment are never touched. What is refused is up
 * to them: this backend has no guard of its own. Each change of a family is one atomic iptables-restore.
 */

import type { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { ChangeQueue } from './change-queue.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from './firewall.ts';
import {
  changeProblem,
  type DoorsByName,
  doorsByName,
  familyOf,
  type GrantChange,
  grantsInForce,
  latestOf,
} from './grant-change.ts';
import { type GrantName, grantsNotIn } from './grant-key.ts';
import { IptablesFamily } from './iptables-family.ts';
import { rulesOfChanges, rulesOfPlan } from './iptables-plan.ts';
import { grantOfRule } from './iptables-rule.ts';
import { openPortWarnings } from './open-ports.ts';
import { type RunProgram, runProgram } from './run-program.ts';

export interface IptablesOptions {
  /** Where rules are inserted. */
  readonly chain: string;
  /** Somebody else took away rules of grants; they are back. Called when that is seen, at the next change. */
  readonly repaired?: (what: Reconciled) => void;
  readonly run?: RunProgram;
}

/** Changes whose answers wait for each other: mostly one batch. */
const MAX_GROUP = 128;

/** For a plan without grants the time of day does not matter. */
const NEVER: Moment = { monotonicMs: 0, wallMs: 0 };

const NO_GUARD =
  '# No guard: what no rule lets in must be refused by your own rules, or by the policy of the chain.\n';

export class Iptables implements Firewall {
  readonly kind = 'iptables';
  readonly #repaired: (what: Reconciled) => void;
  readonly #ipv4: IptablesFamily;
  readonly #ipv6: IptablesFamily;
  readonly #queue = new ChangeQueue<GrantChange>(MAX_GROUP, (changes) => this.#commit(changes));
  #doors: DoorsByName = new Map();

  constructor({ chain, repaired = () => {}, run = runProgram }: IptablesOptions) {
    this.#repaired = repaired;
    this.#ipv4 = new IptablesFamily(4, chain, run);
    this.#ipv6 = new IptablesFamily(6, chain, run);
  }

  /** Succeeds, with a warning, where only IPv6 cannot be had; opening for an IPv6 source fails then. */
  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    return this.#queue.alone(async () => {
      this.#doors = doorsByName(plan);
      const ipv4 = await reconcileFamily(this.#ipv4, plan, now);
      if (!ipv4.ok) return ipv4;
      const ipv6 = await reconcileFamily(this.#ipv6, plan, now);
      return ok(joined(ipv4.value, ipv6.ok ? ipv6.value : withoutIpv6(ipv6.error)));
    });
  }

  open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>> {
    return this.#queue.change({ kind: 'open', grant, now });
  }

  close(grant: GrantName): Promise<Result<void, OpError>> {
    return this.#queue.change({ kind: 'close', grant });
  }

  list(): Promise<Result<readonly PortGrant[], OpError>> {
    return this.#ofBoth(async (family) => {
      const read = await family.read();
      return read.ok ? ok(grantsNotIn(read.value.own.map(grantOfRule), [])) : read;
    });
  }

  async show(): Promise<Result<string, OpError>> {
    const lines = await this.#ofBoth(async (family) => {
      const read = await family.read();
      return read.ok ? ok(read.value.own.map(({ text }) => `${family.program} -A ${text}\n`)) : read;
    });
    return lines.ok ? ok(lines.value.join('')) : lines;
  }

  async describe(plan: FirewallPlan, now: Moment): Promise<Result<string, OpError>> {
    const scripts = await this.#ofBoth(async (family) => {
      const read = await family.read();
      if (!read.ok) return read;
      const batch = family.describeRead(rulesOfPlan(family, plan, now, read.value.own.map(grantOfRule)));
      return ok(batch === '' ? [] : [`# ${family.program}-restore --noflush\n${batch}`]);
    });
    return scripts.ok ? ok(NO_GUARD + scripts.value.join('')) : scripts;
  }

  async remove(): Promise<Result<void, OpError>> {
    const removed = await this.#ofBoth(async (family) => {
      const reconciled = await reconcileFamily(family, { doors: [], grants: [] }, NEVER);
      return reconciled.ok ? ok([]) : reconciled;
    });
    return removed.ok ? ok(undefined) : removed;
  }

  /** Where only IPv6 cannot be had there is nothing of it. */
  #ofBoth<T>(
    job: (family: IptablesFamily) => Promise<Result<readonly T[], OpError>>,
  ): Promise<Result<readonly T[], OpError>> {
    return this.#queue.alone(async () => {
      const ipv4 = await job(this.#ipv4);
      if (!ipv4.ok) return ipv4;
      const ipv6 = await job(this.#ipv6);
      return ipv6.ok ? ok([...ipv4.value, ...ipv6.value]) : ipv4;
    });
  }

  async #commit(changes: readonly GrantChange[]): Promise<readonly Result<void, OpError>[]> {
    const problems = changes.map((change) => changeProblem(change, this.#doors));
    const possible = changes.filter((_, index) => problems[index] === undefined);
    const results = {
      4: await this.#commitFamily(this.#ipv4, possible),
      6: await this.#commitFamily(this.#ipv6, possible),
    };
    return changes.map(({ grant }, index) => {
      const problem = problems[index];
      return problem === undefined ? results[familyOf(grant)] : fail(problem);
    });
  }

  async #commitFamily(
    family: IptablesFamily,
    changes: readonly GrantChange[],
  ): Promise<Result<void, OpError>> {
    const committed = await family.commit(rulesOfChanges(family, changes, this.#doors), latestOf(changes));
    if (!committed.ok) return committed;
    const { repaired } = committed.value;
    if (repaired.length > 0) this.#repaired({ removed: [], added: repaired, warnings: [] });
    return ok(undefined);
  }
}

async function reconcileFamily(
  family: IptablesFamily,
  plan: FirewallPlan,
  now: Moment,
): Promise<Result<Reconciled, OpError>> {
  const read = await family.read();
  if (!read.ok) return read;
  const { table, own } = read.value;
  const present = own.map(grantOfRule);
  const committed = await family.commitRead(rulesOfPlan(family, plan, now, present));
  if (!committed.ok) return committed;
  const planned = grantsInForce(plan, now).filter((grant) => familyOf(grant) === family.family);
  return ok({
    removed: grantsNotIn(present, planned),
    added: grantsNotIn(planned, present),
    warnings: openPortWarnings(family.program, family.chain, table, plan.doors),
  });
}

function joined(a: Reconciled, b: Reconciled): Reconciled {
  return {
    removed: [...a.removed, ...b.removed],
    added: [...a.added, ...b.added],
    warnings: [...a.warnings, ...b.warnings],
  };
}

function withoutIpv6({ message, hint }: OpError): Reconciled {
  const advice = hint === undefined ? '' : ` (${hint})`;
  return { removed: [], added: [], warnings: [`no door opens over IPv6: ${message}${advice}`] };
}
