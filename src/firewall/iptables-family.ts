/**
 * Postern's rules in the filter table of one address family. What is there is remembered, so that a change costs one
 * run of iptables-restore and no reading; when that fails the table has been changed by others, and is read once more.
 */

import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { PortGrant } from './firewall.ts';
import { grantKey } from './grant-key.ts';
import {
  type Batch,
  completeRules,
  lostRules,
  type PresentRule,
  type PresentRules,
  replaceRules,
} from './iptables-batch.ts';
import type { RulePlace, WantedRules } from './iptables-plan.ts';
import { grantOfRule, parseIptablesRule } from './iptables-rule.ts';
import { parseIptablesSave, type SavedTable } from './iptables-save.ts';
import { programError } from './program-error.ts';
import type { RunProgram } from './run-program.ts';

export interface ReadTable {
  readonly table: SavedTable;
  readonly own: readonly PresentRule[];
}

/** Seconds that iptables-legacy waits for the lock of another one. */
const LOCK_WAIT = '10';

const PACKAGE = 'iptables';

const NOTHING: PresentRules = new Map();

export interface Committed {
  /** Grants whose rules somebody had taken away, and that have them again. */
  readonly repaired: readonly PortGrant[];
}

const UNTOUCHED: Committed = { repaired: [] };

export class IptablesFamily implements RulePlace {
  readonly family: 4 | 6;
  readonly chain: string;
  readonly #run: RunProgram;
  /** By `grantKey`; undefined when it is not known. */
  #present: Map<string, readonly PresentRule[]> | undefined;
  #hasChain = false;

  constructor(family: 4 | 6, chain: string, run: RunProgram) {
    this.family = family;
    this.chain = chain;
    this.#run = run;
  }

  /** `iptables` or `ip6tables`. */
  get program(): string {
    return this.family === 4 ? 'iptables' : 'ip6tables';
  }

  /** Whatever chains there are; a `commit` that adds rules tells when its own is missing. */
  async read(): Promise<Result<ReadTable, OpError>> {
    this.#present = undefined;
    const program = `${this.program}-save`;
    const end = await this.#run(program, ['-t', 'filter']);
    if (end.kind !== 'exited' || end.status !== 0) return fail(programError(program, PACKAGE, end));
    const table = parseIptablesSave(end.stdout);
    const own = table.rules.flatMap(({ text, words }) => {
      const rule = parseIptablesRule(words, this.family);
      return rule === undefined ? [] : [{ ...rule, text }];
    });
    this.#present = byGrant(own);
    this.#hasChain = table.policies.has(this.chain);
    return ok({ table, own });
  }

  /**
   * Makes the rules of these grants be exactly these, each in one step. Where it shows that others have taken rules of
   * Postern's away, those of grants that go on after `nowMs` come back. Other rules stay as they are.
   */
  async commit(wanted: WantedRules, nowMs: number): Promise<Result<Committed, OpError>> {
    if (wanted.size === 0) return ok(UNTOUCHED);
    const remembered = this.#present;
    if (remembered !== undefined) {
      const replaced = await this.#restore(replaceRules(wanted, remembered));
      if (replaced.ok) return ok(UNTOUCHED);
    }
    const read = await this.read();
    if (!read.ok) return read;
    const lost = lostRules(wanted, remembered ?? NOTHING, this.#present ?? NOTHING, nowMs);
    const committed = await this.commitRead(new Map([...lost, ...wanted]));
    return committed.ok
      ? ok({ repaired: [...lost.values()].flatMap((rules) => rules.slice(0, 1).map(grantOfRule)) })
      : committed;
  }

  /** As `commit`, right after `read`: rules that are there already are not touched. */
  async commitRead(wanted: WantedRules): Promise<Result<void, OpError>> {
    const batches = completeRules(wanted, this.#present ?? NOTHING);
    if (!this.#hasChain && batches.some(({ input }) => input.includes('\n-I '))) {
      this.#present = undefined;
      return fail(this.#noChain());
    }
    return this.#restore(batches);
  }

  /** What `commitRead` would give to iptables-restore; empty when there is nothing to do. */
  describeRead(wanted: WantedRules): string {
    return completeRules(wanted, this.#present ?? NOTHING)
      .map(({ input }) => input)
      .join('');
  }

  async #restore(batches: readonly Batch[]): Promise<Result<void, OpError>> {
    const program = `${this.program}-restore`;
    for (const { input, present } of batches) {
      const end = await this.#run(program, ['--noflush', '-w', LOCK_WAIT], { input });
      if (end.kind !== 'exited' || end.status !== 0) {
        this.#present = undefined;
        return fail(programError(program, PACKAGE, end));
      }
      for (const [key, rules] of present) {
        if (rules.length === 0) this.#present?.delete(key);
        else this.#present?.set(key, rules);
      }
    }
    return ok(undefined);
  }

  #noChain(): OpError {
    return new OpError({
      op: 'find the chain',
      target: this.chain,
      cause: `${this.program} has no chain of this name in its filter table`,
      hint: `make it with '${this.program} -N ${this.chain}', or correct Chain`,
    });
  }
}

function byGrant(rules: readonly PresentRule[]): Map<string, readonly PresentRule[]> {
  const groups = new Map<string, PresentRule[]>();
  for (const rule of rules) {
    const key = grantKey(grantOfRule(rule));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  return groups;
}
