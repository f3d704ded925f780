/**
 * Chains of others that drop by default. What Postern's guard accepts they see all the same, and may drop: an accept in
 * one table does not override a drop in another.
 */

import { runNftables } from '../native/nftables-library.ts';
import { formatPortRange, type PortRange } from '../net/port-range.ts';
import type { GuardedDoor, Hindrance } from './firewall.ts';

export interface DroppingChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

/** For each such chain the doors of which no rule in its table speaks, if any. Nothing where it cannot be told. */
export function hindrancesByChain(
  doors: readonly GuardedDoor[],
  run = runNftables,
): readonly (readonly Hindrance[])[] {
  const chains = run('list chains');
  if (!chains.ok) return [];
  return droppingChains(chains.text).flatMap((chain) => {
    const rules = run(`list table ${chain.family} ${chain.table}`, 'terse');
    const unheard = rules.ok ? unheardOf(doors, rules.text) : [];
    return unheard.length === 0 ? [] : [unheard.map((each) => hindranceOf(chain, each))];
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

/** nft(8), address families; `inet` sees both. */
const FAMILIES: Readonly<Record<string, Hindrance['family']>> = { ip: 'ipv4', ip6: 'ipv6' };

interface Unheard {
  readonly door: string;
  readonly range: PortRange;
}

/** The first such port of each door. */
function unheardOf(doors: readonly GuardedDoor[], rules: string): readonly Unheard[] {
  const numbers = new Set(rules.match(/\b\d+\b/g));
  return doors.flatMap(({ name, ports }) => {
    const range = ports.find(({ first }) => !numbers.has(`${first}`));
    return range === undefined ? [] : [{ door: name, range }];
  });
}

function hindranceOf({ family, table, chain }: DroppingChain, { door, range }: Unheard): Hindrance {
  const what = `chain '${chain}' of table '${family} ${table}' drops by default, and no rule there speaks of`;
  const text = `${what} ${formatPortRange(range)} of door '${door}': let it accept that port, or use 'Firewall = nftables-mark'`;
  return { door, family: FAMILIES[family], text };
}
