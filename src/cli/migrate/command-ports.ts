/** What a command for a firewall does: which ports it opens or closes. */

import { fail, ok, type Result } from '../../base/result.ts';
import type { FirewallKind } from '../../config/config.ts';
import { formatPortRange, type PortRange } from '../../net/port-range.ts';
import { parsePort, parseProtocol } from '../../net/protocol.ts';

export interface FirewallCommand {
  readonly verb: 'open' | 'close';
  /** In the order of their text. */
  readonly ports: readonly PortRange[];
  /** What does the same for doors with `Open`. */
  readonly firewall: FirewallKind;
  /** Of iptables. */
  readonly chain: string | undefined;
  /** What is worth saying, though it is understood. */
  readonly remark: string | undefined;
}

/** @param texts `22`, `6000:6100` or `6000-6100` */
export function portsOf(
  protocols: readonly string[],
  texts: readonly string[],
  rest: Pick<FirewallCommand, 'verb' | 'firewall'> & Partial<FirewallCommand>,
): Result<FirewallCommand, string> {
  const ports: PortRange[] = [];
  for (const text of texts) {
    const [low = '', high = low] = text.split(/[:-]/);
    const [first, last] = [parsePort(low), parsePort(high)];
    if (first === undefined || last === undefined || last < first) return fail(`'${text}' is no port`);
    for (const word of protocols) {
      const protocol = parseProtocol(word);
      if (protocol === undefined) return fail(`it is about '${word}', and doors open tcp and udp`);
      ports.push({ protocol, first, last });
    }
  }
  const sorted = ports.toSorted((a, b) => (formatPortRange(a) < formatPortRange(b) ? -1 : 1));
  return ok({ chain: undefined, remark: undefined, ...rest, ports: sorted });
}
