/**
 * Chains of others that drop by default. What Postern's guard accepts they see all the same, and may drop: an accept in
 * one table does not override a drop in another.
 */

import { runNftables } from '../native/nftables-library.ts';
import { formatPortRange, type PortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';

export interface DroppingChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** One warning for each such chain in whose table no rule speaks of some door's port. Nothing where it cannot be told. */
export function dropWarnings(doors: readonly GuardedDoor[], run = runNftables): readonly string[] {
  const chains = run('list chains');
  if (!chains.ok) return [];
  return droppingChains(chains.text).flatMap((chain) => {
    const rules = run(`list table ${chain.family} ${chain.table}`, 'terse');
    const unheard = rules.ok ? firstUnheardOf(doors, rules.text) : undefined;
    return unheard === undefined ? [] : [warningOf(chain, unheard)];
  });
}

/** Of what `nft list chains` prints: those for packets to this host. */
export function droppingChains(listing: string): readonly DroppingChain[] {
  const found: DroppingChain[] = [];
  let [family, table, chain] = ['', '', ''];
  for (const line of listing.split('\n')) {
    const named = /^table (ip|ip6|inet) ([\w./-]+) \{/.exec(line);
    if (line.startsWith('table ')) [family, table] = [named?.[1] ?? '', named?.[2] ?? ''];
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    if (table !== '' && /^\t\ttype \w+ hook input .*policy drop;/.test(line))
      found.push({ family, table, chain });
  }
  return found;
}

interface Unheard {
  readonly door: string;
  readonly range: PortRange;
}

function firstUnheardOf(doors: readonly GuardedDoor[], rules: string): Unheard | undefined {
  const numbers = new Set(rules.match(/\b\d+\b/g));
  for (const { name, ports } of doors) {
    const range = ports.find(({ first }) => !numbers.has(`${first}`));
    if (range !== undefined) return { door: name, range };
  }
  return undefined;
}

function warningOf({ family, table, chain }: DroppingChain, { door, range }: Unheard): string {
  const what = `chain '${chain}' of table '${family} ${table}' drops by default, and no rule there speaks of`;
  return `${what} ${formatPortRange(range)} of door '${door}': let it accept that port, or use 'Firewall = nftables-mark'`;
}
