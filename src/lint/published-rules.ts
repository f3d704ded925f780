/** Doors for ports that containers publish: Docker translates packets to them before the chain INPUT sees any. */

import type { Config, Door } from '../config/config.ts';
import type { DoorKey } from '../config/keys.ts';
import { formatPortRange, type PortRange, parsePortRange } from '../net/port-range.ts';
import { doorRule, type Rule } from './rule.ts';

export const PUBLISHED_RULES: readonly Rule[] = [
  doorRule(
    'published-port',
    'This machine translates packets to the port and forwards them, as Docker does for containers. They never come to the chain INPUT: neither what drops there nor what a door opens there means anything to them, and the port is open to everybody.',
    (door, { config, context: { published } }) => {
      const { key, ports } = opensInInput(door, config);
      const open = ports.find((range) => published.some((other) => overlap(range, other)));
      if (open === undefined) return undefined;
      return {
        key,
        message: `packets to ${formatPortRange(open)} are translated and do not pass the chain INPUT: this door guards nothing`,
        hint: "use 'Open' with 'Firewall = nftables', which guards published ports, too",
      };
    },
  ),
];

/** What the door opens in INPUT or in front of it, and nowhere else. */
function opensInInput(
  { opening, ipv4, ipv6 }: Door,
  { options: { firewall, chain } }: Config,
): { readonly key: DoorKey; readonly ports: readonly PortRange[] } {
  if (opening === undefined)
    return { key: 'Start_Command', ports: [ipv4.start, ipv6.start].flatMap(portsInCommand) };
  const isElsewhere =
    firewall === 'nftables' || firewall === 'nftables-mark' || (firewall === 'iptables' && chain !== 'INPUT');
  return { key: 'Open', ports: isElsewhere ? [] : opening.ports };
}

/** Of `iptables -I INPUT … -p tcp --dport 8080`. */
function portsInCommand(command: string | undefined): readonly PortRange[] {
  const [, protocol] =
    /\bip6?tables\b.*\sINPUT\b.*\s(?:-p|--protocol)\s+(tcp|udp)\b/.exec(command ?? '') ?? [];
  const [, ports = ''] = /\s--d(?:estination-)?port\s+(\d+(?::\d+)?)\b/.exec(command ?? '') ?? [];
  const range = parsePortRange(`${protocol}/${ports.replace(':', '-')}`);
  return range === undefined ? [] : [range];
}

function overlap(a: PortRange, b: PortRange): boolean {
  return a.protocol === b.protocol && a.first <= b.last && b.first <= a.last;
}
