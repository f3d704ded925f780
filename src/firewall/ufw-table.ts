/** Postern's rules in ufw. What is there is remembered, so that a change of one rule costs one run. */

import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { formatGrantMark, type GrantMark } from './grant-mark.ts';
import { programError } from './program-error.ts';
import type { RunProgram } from './run-program.ts';
import { type FoundUfwRule, parseUfwAdded, type UfwRule, ufwKey, ufwWords } from './ufw-rule.ts';
import { parseUfwStatus, type UfwStatus } from './ufw-status.ts';

export interface UfwState {
  readonly status: UfwStatus;
  /** Postern's alone. */
  readonly own: readonly OwnUfwRule[];
}

export interface OwnUfwRule {
  readonly rule: UfwRule;
  readonly mark: GrantMark;
}

export class UfwTable {
  readonly #run: RunProgram;
  /** Comments, by `ufwKey`. */
  readonly #own = new Map<string, string>();
  #haveVanished = false;

  constructor(run: RunProgram) {
    this.#run = run;
  }

  /** Whether somebody else was seen to have taken rules away since this was last asked. */
  takeVanished(): boolean {
    const haveVanished = this.#haveVanished;
    this.#haveVanished = false;
    return haveVanished;
  }

  /** Fails where ufw is not in force. */
  async read(): Promise<Result<UfwState, OpError>> {
    const status = await this.#ufw('status', 'verbose');
    if (!status.ok) return status;
    const parsed = parseUfwStatus(status.value);
    if (!parsed.isActive) return fail(inactive());
    const added = await this.#readRules();
    if (!added.ok) return added;
    const own = added.value.flatMap(({ rule, mark }) => (mark === undefined ? [] : [{ rule, mark }]));
    return ok({ status: parsed, own });
  }

  /** Also while ufw is not active: its rules are written down all the same. */
  async removeAll(): Promise<Result<void, OpError>> {
    const added = await this.#readRules();
    if (!added.ok) return added;
    for (const { rule, mark } of added.value) {
      const deleted = mark === undefined ? ok(undefined) : await this.#delete(rule);
      if (!deleted.ok) return deleted;
    }
    return ok(undefined);
  }

  /**
   * A rule that was ours may have become the administrator's: `ufw allow` without a comment takes ours away. So it is
   * looked at before it is changed.
   * @param mark undefined: the rule is not wanted
   * @param wasRead nothing but `set` came after `read`
   */
  async set(rule: UfwRule, mark: GrantMark | undefined, wasRead = false): Promise<Result<void, OpError>> {
    const wasOwn = this.#own.has(ufwKey(rule));
    if (!wasOwn) return mark === undefined ? ok(undefined) : this.#prepend(rule, formatGrantMark(mark));
    if (!wasRead) {
      const read = await this.#readRules();
      if (!read.ok) return read;
    }
    const comment = this.#own.get(ufwKey(rule));
    if (comment === undefined) this.#haveVanished = true;
    if (mark === undefined) return comment === undefined ? ok(undefined) : this.#delete(rule);
    const wanted = formatGrantMark(mark);
    if (comment === undefined) return this.#prepend(rule, wanted);
    return comment === wanted ? ok(undefined) : this.#mark(rule, wanted);
  }

  /** In its place, and without a moment in which it does not hold. */
  async #mark(rule: UfwRule, comment: string): Promise<Result<void, OpError>> {
    const marked = await this.#change(...ufwWords(rule), 'comment', comment);
    if (!marked.ok) return marked;
    this.#own.set(ufwKey(rule), comment);
    return ok(undefined);
  }

  async #prepend(rule: UfwRule, comment: string): Promise<Result<void, OpError>> {
    const added = await this.#change('prepend', ...ufwWords(rule), 'comment', comment);
    if (!added.ok) return added;
    if (!/^Skipping/m.test(added.value)) {
      this.#own.set(ufwKey(rule), comment);
      return ok(undefined);
    }
    // The same rule is there: one of ours that is not remembered, or the administrator's, which lets in anyway.
    const read = await this.#readRules();
    if (!read.ok) return read;
    return this.#own.has(ufwKey(rule)) ? this.#mark(rule, comment) : ok(undefined);
  }

  async #delete(rule: UfwRule): Promise<Result<void, OpError>> {
    const deleted = await this.#ufw('delete', ...ufwWords(rule));
    if (!deleted.ok) return deleted;
    this.#own.delete(ufwKey(rule));
    return ok(undefined);
  }

  async #readRules(): Promise<Result<readonly FoundUfwRule[], OpError>> {
    const added = await this.#ufw('show', 'added');
    if (!added.ok) return added;
    const found = parseUfwAdded(added.value);
    this.#own.clear();
    for (const { rule, mark } of found) {
      if (mark !== undefined) this.#own.set(ufwKey(rule), formatGrantMark(mark));
    }
    return ok(found);
  }

  /** Gives what ufw says of it. */
  async #change(...words: readonly string[]): Promise<Result<string, OpError>> {
    const changed = await this.#ufw(...words);
    // Said instead of `Rule added` and the like when the rules are only written down.
    if (changed.ok && /^Rules updated/m.test(changed.value)) return fail(inactive());
    return changed;
  }

  async #ufw(...words: readonly string[]): Promise<Result<string, OpError>> {
    const end = await this.#run('ufw', words);
    return end.kind === 'exited' && end.status === 0 ? ok(end.stdout) : fail(programError('ufw', 'ufw', end));
  }
}

function inactive(): OpError {
  return new OpError({
    op: 'use',
    target: 'ufw',
    cause: 'it is not active',
    hint: "let yourself in ('ufw allow from ADDRESS'), then 'ufw enable'; or choose another Firewall",
  });
}
