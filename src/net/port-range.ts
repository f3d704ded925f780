/** Ports of one protocol, as doors open them: `tcp/22`, `udp/60000-61000`. */

import { type Protocol, parsePort, parseProtocol } from './protocol.ts';

export interface PortRange {
  readonly protocol: Protocol;
  /** 1 to 65535; not greater than `last`. */
  readonly first: number;
  readonly last: number;
}

/** `tcp/22` or `udp/60000-61000`, the protocol in any case; undefined for anything else. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, word = '', low = '', high = low] = /^(\w+)\/(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const protocol = parseProtocol(word);
  const first = parsePort(low);
  const last = parsePort(high);
  if (protocol === undefined || first === undefined || last === undefined || last < first) return undefined;
  return { protocol, first, last };
}

export function formatPortRange({ protocol, first, last }: PortRange): string {
  return first === last ? `${protocol}/${first}` : `${protocol}/${first}-${last}`;
}

/** `tcp/22,udp/53`: what a parsed list looks like again. */
export function formatPortRanges(ranges: readonly PortRange[]): string {
  return ranges.map(formatPortRange).join(',');
}
