/**
 * firewalld's rich rules as Postern writes them. They carry no comment, so Postern's are known by their priority: two
 * are set aside for it. A rule's time cannot be changed; a new end is the same rule with the other priority, and then
 * the old one goes: no moment without either.
 */

import type { PortRange } from '../net/port-range.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { parsePort, parseProtocol } from '../net/protocol.ts';
import type { GuardedDoor } from './firewall.ts';

/** Set aside for Postern, before rules without a priority (0), as its rules in other firewalls stand before others. */
export const PRIORITIES = [-7301, -7302] as const;

/** Which of the two priorities. */
export type Slot = 0 | 1;

/** A source's way to ports of one protocol. */
export interface PortAccess {
  /** Canonical. */
  readonly source: string;
  readonly range: PortRange;
}

export interface FoundRichRule {
  readonly access: PortAccess;
  readonly slot: Slot;
}

export function formatRichRule({ source, range }: PortAccess, slot: Slot): string {
  const family = source.includes(':') ? 'ipv6' : 'ipv4';
  const ports = range.first === range.last ? `${range.first}` : `${range.first}-${range.last}`;
  const match = `source address="${source}" port port="${ports}" protocol="${range.protocol}"`;
  return `rule priority="${PRIORITIES[slot]}" family="${family}" ${match} accept`;
}

/** Undefined for every rule that is not exactly what `formatRichRule` writes. */
export function parseRichRule(text: string): FoundRichRule | undefined {
  const [, priority, address = '', low = '', high = low, word = ''] =
    /^rule priority="(-\d+)" family="ipv[46]" source address="([^"]+)" port port="(\d+)(?:-(\d+))?" protocol="(\w+)" accept$/.exec(
      text,
    ) ?? [];
  const slot = PRIORITIES.findIndex((known) => String(known) === priority);
  const source = parsePrefix(address);
  const [first, last, protocol] = [parsePort(low), parsePort(high), parseProtocol(word)];
  if (slot < 0 || source === undefined || first === undefined || last === undefined || protocol === undefined)
    return undefined;
  const found: FoundRichRule = {
    access: { source: formatPrefix(source), range: { protocol, first, last } },
    slot: slot === 0 ? 0 : 1,
  };
  return formatRichRule(found.access, found.slot) === text ? found : undefined;
}

/** What a grant of this door gives. */
export function accessesOf({ ports }: GuardedDoor, source: string): readonly PortAccess[] {
  return ports.map((range) => ({ source, range }));
}

/** Equal for equal accesses. */
export function accessKey(access: PortAccess): string {
  return formatRichRule(access, 0);
}
