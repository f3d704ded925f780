/** What iptables-restore is given so that grants have the rules that they should. */

import type { WantedRules } from './iptables-plan.ts';
import { formatIptablesRule, type IptablesRule } from './iptables-rule.ts';

export interface PresentRule extends IptablesRule {
  /** How to name it when it is deleted. */
  readonly text: string;
}

/** What the table has of each grant, by `grantKey`. */
export type PresentRules = ReadonlyMap<string, readonly PresentRule[]>;

/** One run of iptables-restore: all of it or nothing. */
export interface Batch {
  readonly input: string;
  /** What the table has of these grants when the batch has succeeded. */
  readonly present: PresentRules;
}

/**
 * Rules that a batch adds and takes out, unless one grant needs more. iptables-nft sends a batch as one message; without
 * rights over the whole machine, as in a container, one of 300 large rules is too long.
 */
const MAX_RULES = 128;

/**
 * For what is remembered of a table. Every rule that should be there is taken out, even for the same one again: when it
 * is gone the batch fails, and nobody takes a rule for present that somebody else has removed.
 */
export function replaceRules(wanted: WantedRules, remembered: PresentRules): readonly Batch[] {
  return batchesOf(
    [...wanted].map(([key, rules]) => {
      return { key, deletes: remembered.get(key) ?? [], inserts: rules.map(presentRule), kept: [] };
    }),
  );
}

/** For what was just read of a table: rules that are there already are not touched. */
export function completeRules(wanted: WantedRules, read: PresentRules): readonly Batch[] {
  return batchesOf(
    [...wanted].map(([key, rules]) => {
      const missing = new Map(rules.map((rule) => [formatIptablesRule(rule), rule]));
      const present = read.get(key) ?? [];
      const kept = present.filter((rule) => missing.delete(formatIptablesRule(rule)));
      const deletes = present.filter((rule) => !kept.includes(rule));
      return { key, deletes, inserts: [...missing.values()].map(presentRule), kept };
    }),
  );
}

/** Remembered rules of grants that go on after `nowMs` and lack some, apart from the grants that are wanted anew. */
export function lostRules(
  wanted: WantedRules,
  remembered: PresentRules,
  read: PresentRules,
  nowMs: number,
): WantedRules {
  return new Map(
    [...remembered].filter(([key, rules]) => {
      const texts = new Set(read.get(key)?.map(formatIptablesRule));
      const isLost = rules.some((rule) => !texts.has(formatIptablesRule(rule)));
      return isLost && !wanted.has(key) && rules.some(({ endMs }) => endMs > nowMs);
    }),
  );
}

interface GrantStep {
  readonly key: string;
  readonly deletes: readonly PresentRule[];
  readonly inserts: readonly PresentRule[];
  readonly kept: readonly PresentRule[];
}

/** None: there is nothing to do. */
function batchesOf(steps: readonly GrantStep[]): readonly Batch[] {
  const groups: GrantStep[][] = [];
  let room = 0;
  for (const step of steps) {
    const needed = step.deletes.length + step.inserts.length;
    if (needed === 0) continue;
    if (needed > room) {
      groups.push([]);
      room = MAX_RULES;
    }
    groups.at(-1)?.push(step);
    room -= needed;
  }
  return groups.map(batchOf);
}

function batchOf(steps: readonly GrantStep[]): Batch {
  const lines = [
    ...steps.flatMap(({ deletes }) => deletes.map(({ text }) => `-D ${text}\n`)),
    ...steps.flatMap(({ inserts }) => inserts.map(({ text }) => `-I ${text}\n`)),
  ];
  const input = `*filter\n${lines.join('')}COMMIT\n`;
  return { input, present: new Map(steps.map(({ key, inserts, kept }) => [key, [...kept, ...inserts]])) };
}

function presentRule(rule: IptablesRule): PresentRule {
  return { ...rule, text: formatIptablesRule(rule) };
}
