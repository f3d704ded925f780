/**
 * Whether a chain lets everybody use the ports of doors, which then are no doors. Tells only what is plain to see:
 * rules with conditions other than ports are passed over.
 */

import { formatPortRange, type PortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';
import type { SavedTable } from './iptables-save.ts';
import { covers, type PlainRule, plainRuleOf, touches } from './plain-rule.ts';

/** What becomes of a new connection from anybody: `in` by a rule or policy. */
type Fate = { readonly kind: 'in'; readonly by: string } | { readonly kind: 'out' } | { readonly kind: 'on' };

/** Jumps that are followed; chains nested deeper are taken to do nothing. */
const MAX_DEPTH = 8;

/** Ranges that a sentence names; the rest is counted. */
const MAX_NAMED = 5;

/** One sentence for each rule or policy that lets everybody in. `program` says whose table it is. */
export function openPortWarnings(
  program: string,
  chain: string,
  table: SavedTable,
  doors: readonly GuardedDoor[],
): readonly string[] {
  const rules = table.rules.map(plainRuleOf).filter((rule) => rule !== undefined);
  const ways = new Map<string, string[]>();
  for (const { name, ports } of doors) {
    for (const range of ports) {
      const fate = fateIn(chain, range, table, rules, 0);
      if (fate.kind !== 'in') continue;
      const names = ways.get(fate.by) ?? [];
      ways.set(fate.by, [...names, `${formatPortRange(range)} of door '${name}'`]);
    }
  }
  return [...ways].map(([way, names]) => `${program} lets everybody use ${listed(names)}: ${way}`);
}

function fateIn(
  chain: string,
  range: PortRange,
  table: SavedTable,
  rules: readonly PlainRule[],
  depth: number,
): Fate {
  for (const rule of rules) {
    if (rule.chain !== chain || !touches(rule, range)) continue;
    const { target } = rule;
    if (target === 'ACCEPT') return { kind: 'in', by: `the rule '-A ${rule.text}'` };
    if (!covers(rule, range)) continue;
    if (target === 'DROP' || target === 'REJECT') return { kind: 'out' };
    if (target === 'RETURN') break;
    if (!table.policies.has(target) || depth === MAX_DEPTH) continue;
    const fate = fateIn(target, range, table, rules, depth + 1);
    if (fate.kind !== 'on') return fate;
  }
  if (table.policies.get(chain) !== 'ACCEPT')
    return { kind: table.policies.get(chain) === 'DROP' ? 'out' : 'on' };
  return { kind: 'in', by: `the policy of chain '${chain}' is ACCEPT` };
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
