/** How a door opens and closes for one source. Data, as the table of grants and the journal keep it. */

import type { Door } from '../config/config.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { commandsFor } from './command-text.ts';

/** What can be taken back. Commands have the address in place, so that they serve when their door is long gone. */
export type Means =
  | { readonly kind: 'commands'; readonly start: string; readonly stop: string }
  /** The firewall knows which ports the door has. */
  | { readonly kind: 'ports' };

/** Also what leaves nothing to be closed. */
export type AnyMeans = Means | { readonly kind: 'loose'; readonly start: string } | { readonly kind: 'none' };

export function meansOf(door: Pick<Door, 'ipv4' | 'ipv6' | 'opening'>, source: IpAddress): AnyMeans {
  if (door.opening !== undefined) return { kind: 'ports' };
  const { start, stop } = commandsFor(door, source);
  if (start === undefined) return { kind: 'none' };
  return stop === undefined ? { kind: 'loose', start } : { kind: 'commands', start, stop };
}

export function sameMeans(a: AnyMeans, b: AnyMeans): boolean {
  switch (a.kind) {
    case 'commands':
      return b.kind === 'commands' && a.start === b.start && a.stop === b.stop;
    case 'loose':
      return b.kind === 'loose' && a.start === b.start;
    case 'ports':
    case 'none':
      return a.kind === b.kind;
  }
}
