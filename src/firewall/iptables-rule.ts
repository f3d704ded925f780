/** Postern's rules as iptables-save writes them: one for each protocol of a grant, and for each 15 ports of it. */

import { formatIpAddress } from '../net/ip-address.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../net/prefix.ts';
import type { Protocol } from '../net/protocol.ts';
import type { GuardedDoor, PortGrant } from './firewall.ts';
import { formatGrantMark, parseGrantMark } from './grant-mark.ts';
import { portLists } from './port-lists.ts';

export interface IptablesRule {
  readonly chain: string;
  readonly source: Prefix;
  readonly protocol: Protocol;
  /** `22`, `80:90`, or several with commas. */
  readonly ports: string;
  readonly door: string;
  readonly endMs: number;
}

export function rulesOfGrant(chain: string, door: GuardedDoor, grant: PortGrant): readonly IptablesRule[] {
  const source = parsePrefix(grant.source);
  if (source === undefined) throw new Error(`'${grant.source}' is no address or prefix`);
  const { endMs } = grant;
  return portLists(door.ports).map((list) => ({ chain, source, ...list, door: door.name, endMs }));
}

export function grantOfRule({ door, source, endMs }: IptablesRule): PortGrant {
  return { door, source: formatPrefix(source), endMs };
}

/** What follows `-A `, `-I ` or `-D `; equal for equal rules. */
export function formatIptablesRule({ chain, source, protocol, ports, ...mark }: IptablesRule): string {
  const from = `${formatIpAddress(source.address)}/${source.length}`;
  const match = ports.includes(',') ? `-m multiport --dports ${ports}` : `-m ${protocol} --dport ${ports}`;
  return `${chain} -s ${from} -p ${protocol} ${match} -m comment --comment "${formatGrantMark(mark)}" -j ACCEPT`;
}

/**
 * From the words of a rule, its chain first, `family`'s everything where it names no source. Undefined for every rule
 * that says anything else than Postern's do: it is somebody else's.
 */
export function parseIptablesRule(words: readonly string[], family: 4 | 6): IptablesRule | undefined {
  const [chain = '', ...rest] = words;
  const [from, ...matches] =
    rest[0] === '-s' ? [rest[1] ?? '', ...rest.slice(2)] : [EVERYTHING[family], ...rest];
  const [, protocol, ports, comment] =
    /^-p (tcp|udp) -m (?:\1 --dport|multiport --dports) ([\d:,]+) -m comment --comment (\S+) -j ACCEPT$/.exec(
      matches.join(' '),
    ) ?? [];
  const source = parsePrefix(from);
  const mark = parseGrantMark(comment ?? '');
  if (source === undefined || mark === undefined || ports === undefined) return undefined;
  return { chain, source, protocol: protocol === 'udp' ? 'udp' : 'tcp', ports, ...mark };
}

const EVERYTHING = { 4: '0.0.0.0/0', 6: '::/0' } as const;
