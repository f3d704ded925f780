/** The text that makes Postern's table anew, in one transaction, whatever was there before (nft(8)). */

import { FOREVER_MS } from '../base/duration.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { isIpv4Address } from '../net/prefix.ts';
import { MAX_PORT } from '../net/protocol.ts';
import type { GuardedDoor } from './firewall.ts';
import { type LivingConnection, livingConnections } from './living-connections.ts';
import { ARMED_SET, LIVING_SETS } from './nftables-structure.ts';

export interface TextElement {
  readonly set: string;
  /** As text, formatted by this program. */
  readonly value: string;
  /** undefined: it stays. */
  readonly timeoutMs: number | undefined;
}

/** Elements in one command; more make the library's parser slow. */
const ELEMENTS_A_COMMAND = 1000;

/** A hundred years: the kernel counts no further than six times that. */
const MAX_TIMEOUT_MS = 100 * 365 * 86_400_000;

/** @param body what stands between the braces */
export function replaceScript(table: string, body: string, elements: readonly TextElement[]): string {
  return restoreScript(table, `table inet ${table} {\n${body}}\n`, elements);
}

/** @param definition of the whole table, as a listing has it */
export function restoreScript(table: string, definition: string, elements: readonly TextElement[]): string {
  return `${removalScript(table)}${definition}${elementCommands(table, elements)}`;
}

/** Succeeds also where there is none: `destroy` is not in older programs. */
export function removalScript(table: string): string {
  return `table inet ${table} {\n}\ndelete table inet ${table}\n`;
}

/** The time that is left, at least 1 ms; undefined: no end. */
export function timeoutOf(endMs: number, nowMs: number): number | undefined {
  if (endMs >= FOREVER_MS) return undefined;
  return Math.min(Math.max(1, Math.ceil(endMs - nowMs)), MAX_TIMEOUT_MS);
}

/**
 * What a new table's guard begins with: it drops for so long (undefined: for good), and lets the connections live that
 * this host has on the doors' ports.
 */
export function guardElements(
  doors: readonly GuardedDoor[],
  armedMs: number | undefined,
): readonly TextElement[] {
  return [...armedElements(armedMs), ...livingConnections(portTest(doors)).map(livingElement)];
}

/** For both families. */
export function armedElements(timeoutMs: number | undefined): readonly TextElement[] {
  return ['ipv4', 'ipv6'].map((value) => ({ set: ARMED_SET, value, timeoutMs }));
}

function livingElement({ peer, peerPort, localPort }: LivingConnection): TextElement {
  const set = LIVING_SETS[isIpv4Address(peer) ? 4 : 6];
  return { set, value: `${formatIpAddress(peer)} . ${peerPort} . ${localPort}`, timeoutMs: undefined };
}

function portTest(doors: readonly GuardedDoor[]): (port: number) => boolean {
  const isGuarded = new Uint8Array(MAX_PORT + 1);
  for (const { protocol, first, last } of doors.flatMap(({ ports }) => ports)) {
    if (protocol === 'tcp') isGuarded.fill(1, first, last + 1);
  }
  return (port) => isGuarded[port] === 1;
}

function elementCommands(table: string, elements: readonly TextElement[]): string {
  const bySet = new Map<string, string[]>();
  for (const { set, value, timeoutMs } of elements) {
    const text = timeoutMs === undefined ? value : `${value} timeout ${timeText(timeoutMs)}`;
    const known = bySet.get(set);
    if (known === undefined) bySet.set(set, [text]);
    else known.push(text);
  }
  return [...bySet].flatMap(([set, values]) => commandsFor(table, set, values)).join('');
}

function commandsFor(table: string, set: string, values: readonly string[]): string[] {
  const commands: string[] = [];
  for (let at = 0; at < values.length; at += ELEMENTS_A_COMMAND) {
    const some = values.slice(at, at + ELEMENTS_A_COMMAND).join(', ');
    commands.push(`add element inet ${table} ${set} { ${some} }\n`);
  }
  return commands;
}

/** `1d2h3m4s5ms`: of each unit as many as the parser takes; milliseconds alone end at 49 days. */
function timeText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ] as const;
  let left = ms;
  let text = '';
  for (const [unitMs, name] of units) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) text += `${count}${name}`;
  }
  return text;
}
