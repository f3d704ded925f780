/**
 * The backend `ufw`: `ufw prepend allow from …` with a comment that says whose the rule is (`grant-mark.ts`), and
 * `ufw delete` of just these. ufw knows no time and writes rules down: what a killed daemon left is taken out by the
 * next one, after a reboot too. One command after the other, since ufw locks. What is refused is up to ufw's default.
 */

import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Moment } from '../grant/moment.ts';
import { AccessClaims } from './access-claims.ts';
import { ChangeQueue } from './change-queue.ts';
import { commitClaims } from './claimed-changes.ts';
import type { Firewall, FirewallPlan, PortGrant, Reconciled } from './firewall.ts';
import { type DoorsByName, doorsByName, type GrantChange, grantsInForce, latestOf } from './grant-change.ts';
import { type GrantName, grantsNotIn } from './grant-key.ts';
import { formatGrantMark, type GrantMark } from './grant-mark.ts';
import { type RunProgram, runProgram } from './run-program.ts';
import { grantsOfUfw, type UfwPlan, ufwPlanOf } from './ufw-plan.ts';
import { type UfwRule, ufwKey, ufwRulesOf, ufwWords } from './ufw-rule.ts';
import { ufwWarnings } from './ufw-status.ts';
import { type OwnUfwRule, type UfwState, UfwTable } from './ufw-table.ts';

export interface UfwOptions {
  /** Somebody else took away rules of grants; they are back. Called when that is seen, at the next change. */
  readonly repaired?: (what: Reconciled) => void;
  readonly run?: RunProgram;
}

/** Each change is a run of its own: none waits for the answer of another one. */
const MAX_GROUP = 1;

const NO_GUARD =
  "# No guard: what no rule lets in must be refused by ufw's default ('ufw default deny incoming').\n";

export class Ufw implements Firewall {
  readonly kind = 'ufw';
  readonly #repaired: (what: Reconciled) => void;
  readonly #run: RunProgram;
  readonly #table: UfwTable;
  readonly #queue = new ChangeQueue<GrantChange>(MAX_GROUP, (changes) => this.#commit(changes));
  #doors: DoorsByName = new Map();
  #claims = new AccessClaims();
  /** The latest that was told. */
  #nowMs = 0;

  constructor({ repaired = () => {}, run = runProgram }: UfwOptions = {}) {
    this.#repaired = repaired;
    this.#run = run;
    this.#table = new UfwTable(run);
  }

  reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    return this.#queue.alone(() => this.#reconcile(plan, now));
  }

  async open(grant: PortGrant, now: Moment): Promise<Result<void, OpError>> {
    if (grant.source.endsWith('/0')) return fail(notForEverybody(grant));
    return this.#queue.change({ kind: 'open', grant, now });
  }

  close(grant: GrantName): Promise<Result<void, OpError>> {
    return this.#queue.change({ kind: 'close', grant });
  }

  list(now: Moment): Promise<Result<readonly PortGrant[], OpError>> {
    return this.#withOwn((own) => grantsOfUfw(own, this.#claims.grants(now.wallMs), this.#doors));
  }

  show(): Promise<Result<string, OpError>> {
    return this.#withOwn((own) =>
      own
        .map(({ rule, mark }) => commandLine([...ufwWords(rule), 'comment', formatGrantMark(mark)]))
        .join(''),
    );
  }

  describe(plan: FirewallPlan, now: Moment): Promise<Result<string, OpError>> {
    return this.#queue.alone(async () => {
      const commands: string[] = [];
      const dry: RunProgram = async (file, args, options) => {
        if (['status', 'show'].includes(args[0] ?? '')) return this.#run(file, args, options);
        commands.push(commandLine(args));
        return { kind: 'exited', status: 0, stdout: '', stderr: '' };
      };
      const settled = await settle(new UfwTable(dry), ufwPlanOf(plan, now), now);
      return settled.ok ? ok(NO_GUARD + commands.join('')) : settled;
    });
  }

  remove(): Promise<Result<void, OpError>> {
    return this.#queue.alone(() => this.#table.removeAll());
  }

  async #reconcile(plan: FirewallPlan, now: Moment): Promise<Result<Reconciled, OpError>> {
    this.#nowMs = Math.max(this.#nowMs, now.wallMs);
    const ufwPlan = ufwPlanOf(plan, now);
    const settled = await settle(this.#table, ufwPlan, now);
    if (!settled.ok) return settled;
    this.#doors = doorsByName(plan);
    this.#claims = ufwPlan.claims;
    const planned = grantsInForce(plan, now);
    const present = grantsOfUfw(settled.value.state.own, planned, this.#doors);
    return ok({
      removed: grantsNotIn(present, planned),
      added: grantsNotIn(planned, present),
      warnings: [...ufwWarnings(settled.value.state.status, plan.doors), ...settled.value.warnings],
    });
  }

  async #commit(changes: readonly GrantChange[]): Promise<readonly Result<void, OpError>[]> {
    this.#nowMs = Math.max(this.#nowMs, latestOf(changes));
    const results = await commitClaims(changes, {
      doors: this.#doors,
      claims: this.#claims,
      rulesOf: ufwRulesOf,
      keyOf: ufwKey,
      apply: (rules) => this.#apply(rules),
    });
    if (this.#table.takeVanished()) await this.#repair(this.#nowMs);
    return results;
  }

  /** By `ufwKey`, what could not be done. */
  async #apply(rules: readonly UfwRule[]): Promise<ReadonlyMap<string, OpError>> {
    const errors = new Map<string, OpError>();
    for (const rule of rules) {
      const done = await this.#table.set(rule, markOf(this.#claims, rule, this.#nowMs));
      if (!done.ok) errors.set(ufwKey(rule), done.error);
    }
    return errors;
  }

  /** A failure shows again at the next change. */
  async #repair(nowMs: number): Promise<void> {
    const plan = { doors: [...this.#doors.values()], grants: this.#claims.grants(nowMs) };
    const reconciled = await this.#reconcile(plan, { monotonicMs: 0, wallMs: nowMs });
    if (reconciled.ok && reconciled.value.added.length > 0) this.#repaired(reconciled.value);
  }

  #withOwn<T>(job: (own: readonly OwnUfwRule[]) => T): Promise<Result<T, OpError>> {
    return this.#queue.alone(async () => {
      const read = await this.#table.read();
      return read.ok ? ok(job(read.value.own)) : read;
    });
  }
}

interface Settled {
  /** What there was before. */
  readonly state: UfwState;
  readonly warnings: readonly string[];
}

/** Makes Postern's rules be those of the plan, without IPv6 where ufw has none. */
async function settle(
  table: UfwTable,
  { rules, claims }: UfwPlan,
  now: Moment,
): Promise<Result<Settled, OpError>> {
  const read = await table.read();
  if (!read.ok) return read;
  const found = read.value.own.map(({ rule }) => [ufwKey(rule), rule] as const);
  const warnings = new Set<string>();
  for (const rule of new Map([...found, ...rules]).values()) {
    const done = await table.set(rule, markOf(claims, rule, now.wallMs), true);
    if (done.ok) continue;
    if (!rule.source.includes(':')) return done;
    warnings.add(`no door opens over IPv6: ${done.error.message}`);
  }
  return ok({ state: read.value, warnings: [...warnings] });
}

/** `ufw show added` tells rules for every source in another form, the same for both families. */
function notForEverybody({ door, source }: PortGrant): OpError {
  return new OpError({ op: 'open', target: door, cause: `'${source}' is everybody` });
}

function markOf(claims: AccessClaims, rule: UfwRule, nowMs: number): GrantMark | undefined {
  const holder = claims.holderOf(ufwKey(rule), nowMs);
  return holder === undefined ? undefined : { door: holder.door, endMs: holder.endMs };
}

/** As a shell reads it. */
function commandLine(words: readonly string[]): string {
  return `ufw ${words.map((word) => (/^[\w=.,:/-]+$/.test(word) ? word : `'${word}'`)).join(' ')}\n`;
}
