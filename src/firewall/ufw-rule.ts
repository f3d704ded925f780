/** Postern's rules of ufw: as its commands take them, and as `ufw show added` tells them. */

import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import type { GuardedDoor } from './firewall.ts';
import { type GrantMark, parseGrantMark } from './grant-mark.ts';
import { type PortList, portLists } from './port-lists.ts';

export interface UfwRule extends PortList {
  /** Canonical. */
  readonly source: string;
}

export interface FoundUfwRule {
  readonly rule: UfwRule;
  /** Undefined: somebody else's. */
  readonly mark: GrantMark | undefined;
}

export function ufwRulesOf({ ports }: GuardedDoor, source: string): readonly UfwRule[] {
  return portLists(ports).map((list) => ({ source, ...list }));
}

/** What follows `ufw`, `ufw prepend` or `ufw delete`. */
export function ufwWords({ source, ports, protocol }: UfwRule): readonly string[] {
  return ['allow', 'from', source, 'to', 'any', 'port', ports, 'proto', protocol];
}

/** Equal for rules that ufw takes for the same: it sorts ports, and comments do not count. */
export function ufwKey({ source, ports, protocol }: UfwRule): string {
  return `${source} ${protocol} ${ports.split(',').toSorted().join(',')}`;
}

/** From the output of `ufw show added`: rules of the form of Postern's, whosever they are. Other lines are passed over. */
export function parseUfwAdded(text: string): readonly FoundUfwRule[] {
  return text.split('\n').flatMap((line) => {
    const [, from = '', ports = '', protocol, comment = ''] =
      /^ufw allow from (\S+) to any port ([\d:,]+) proto (tcp|udp)(?: comment '([^']*)')?$/.exec(line) ?? [];
    const source = parsePrefix(from);
    if (source === undefined) return [];
    const rule: UfwRule = {
      source: formatPrefix(source),
      ports,
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
    };
    return [{ rule, mark: parseGrantMark(comment) }];
  });
}
