/** Ports that this machine translates to somewhere else, as Docker does for containers (iptables-extensions(8), DNAT). Asks, and changes nothing. */

import type { RunProgram } from '../../firewall/run-program.ts';
import { type PortRange, parsePortRange } from '../../net/port-range.ts';

/** What neither of the two needs when it is there and well. */
const LIMIT_MS = 5000;

const PROGRAMS = ['iptables-save', 'ip6tables-save'];

/** None where that cannot be told: without rights, or without iptables. */
export async function publishedPorts(run: RunProgram): Promise<readonly PortRange[]> {
  const ends = await Promise.all(PROGRAMS.map((file) => run(file, ['-t', 'nat'], { limitMs: LIMIT_MS })));
  return ends.flatMap((end) => (end.kind === 'exited' && end.status === 0 ? translated(end.stdout) : []));
}

function translated(rules: string): readonly PortRange[] {
  return rules.split('\n').flatMap((rule) => {
    const [, protocol] = /\s-p (tcp|udp)\s/.exec(rule) ?? [];
    const [, ports = ''] = /\s--dport (\d+(?::\d+)?)\s.*-j DNAT\b/.exec(rule) ?? [];
    const range = parsePortRange(`${protocol}/${ports.replace(':', '-')}`);
    return range === undefined ? [] : [range];
  });
}
