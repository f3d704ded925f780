/** Which doors with commands can be doors with `Open` or `Close`, and why the others cannot. Pure. */

import { FOREVER_MS } from '../../base/duration.ts';
import type { Config, Door, FirewallKind } from '../../config/config.ts';
import type { DoorKey } from '../../config/keys.ts';
import { formatPortRange } from '../../net/port-range.ts';
import type { FirewallCommand } from './command-ports.ts';
import { firewallCommand } from './firewall-command.ts';

/** Something to say of a door: of one of its keys, or as a whole. */
export interface DoorNote {
  readonly door: string;
  readonly key: DoorKey | undefined;
  readonly message: string;
}

export interface MovedDoor {
  readonly door: Door;
  readonly becomes:
    | {
        readonly kind: 'open';
        readonly ports: string;
        readonly forMs: number;
        /** IPv6 did nothing. */
        readonly ipv4Only: boolean;
      }
    | { readonly kind: 'close'; readonly target: string };
}

export interface Migration {
  readonly moved: readonly MovedDoor[];
  /** Undefined: nothing moves. */
  readonly firewall: { readonly kind: FirewallKind; readonly chain: string | undefined } | undefined;
  readonly notes: readonly DoorNote[];
}

/** `Open_For` goes to a year; who writes more means for ever. */
const LONGEST_MS = 365 * 86_400_000;

type Tell = (door: Door, message: string, key?: DoorKey) => undefined;

export function migrateDoors({ doors }: Pick<Config, 'doors'>): Migration {
  const notes: DoorNote[] = [];
  const tell: Tell = (door, message, key) => {
    notes.push({ door: door.name, key, message });
    return undefined;
  };
  const read = doors.flatMap((door) => readDoor(door, tell) ?? []);
  const first = read[0]?.start;
  const alike = read.filter(({ door, start }) => {
    if (start.firewall === first?.firewall && start.chain === first.chain) return true;
    tell(door, `stays: its commands are for ${placeOf(start)}, those of other doors for ${placeOf(first)}`);
    return false;
  });
  const openers = alike.filter(({ start }) => start.verb === 'open');
  const moved = alike.flatMap((each) =>
    each.start.verb === 'open' ? opener(each, alike, tell) : closer(each, openers, tell),
  );
  const firewall =
    first === undefined || moved.length === 0 ? undefined : { kind: first.firewall, chain: first.chain };
  return { moved, firewall, notes };
}

interface ReadDoor {
  readonly door: Door;
  readonly start: FirewallCommand;
  readonly stop: FirewallCommand | undefined;
}

function readDoor(door: Door, tell: Tell): ReadDoor | undefined {
  const { ipv4, ipv6, opening } = door;
  if (opening !== undefined || (ipv4.start === undefined && ipv6.start === undefined)) return undefined;
  if (ipv4.start === undefined) return tell(door, 'stays: it does something for IPv6 alone');
  const start = understood(door, ipv4.start, 'Start_Command', tell);
  const stop = ipv4.stop === undefined ? undefined : understood(door, ipv4.stop, 'Stop_Command', tell);
  if (start === undefined || (ipv4.stop !== undefined && stop === undefined)) return undefined;
  for (const [key, command, other, like] of [
    ['Start_Command_6', ipv6.start, ipv4.start, start],
    ['Stop_Command_6', ipv6.stop, ipv4.stop, stop],
  ] as const) {
    if (command === undefined || command === other) continue;
    const six = understood(door, command, key, tell);
    if (six === undefined) return undefined;
    if (!isSame(six, like)) return tell(door, 'stays: it does something else for IPv6', key);
  }
  if (stop !== undefined && (stop.verb === start.verb || textOf(stop) !== textOf(start)))
    return tell(
      door,
      'stays: the stop command does not take back what the start command did',
      'Stop_Command',
    );
  if (start.verb === 'close' && stop !== undefined)
    return tell(door, 'stays: it closes for a while and opens again', 'Stop_Command');
  return { door, start, stop };
}

function understood(door: Door, command: string, key: DoorKey, tell: Tell): FirewallCommand | undefined {
  const read = firewallCommand(command);
  if (!read.ok) return tell(door, `stays: ${read.error}`, key);
  if (read.value.remark !== undefined) tell(door, read.value.remark, key);
  return read.value;
}

function opener({ door, start, stop }: ReadDoor, all: readonly ReadDoor[], tell: Tell): readonly MovedDoor[] {
  const isClosed = all.some((other) => other.start.verb === 'close' && textOf(other.start) === textOf(start));
  if (stop === undefined && !isClosed)
    tell(
      door,
      "nothing took it back: 'Open_For = forever' is written, and a time would be better",
      'Start_Command',
    );
  const forMs =
    stop === undefined || door.cmdTimeoutMs > LONGEST_MS ? FOREVER_MS : Math.max(door.cmdTimeoutMs, 1);
  const ipv4Only = door.ipv6.start === undefined;
  return [{ door, becomes: { kind: 'open', ports: textOf(start), forMs, ipv4Only } }];
}

function closer({ door, start }: ReadDoor, openers: readonly ReadDoor[], tell: Tell): readonly MovedDoor[] {
  const opened = openers.filter((other) => textOf(other.start) === textOf(start));
  const [first] = opened;
  if (first !== undefined)
    return [{ door, becomes: { kind: 'close', target: opened.map((each) => each.door.name).join(', ') } }];
  tell(door, `stays: no door opens ${textOf(start)}`, 'Start_Command');
  return [];
}

function isSame(a: FirewallCommand, b: FirewallCommand | undefined): boolean {
  return b !== undefined && a.verb === b.verb && a.firewall === b.firewall && textOf(a) === textOf(b);
}

function textOf({ ports }: FirewallCommand): string {
  return [...new Set(ports.map(formatPortRange))].join(', ');
}

function placeOf(command: FirewallCommand | undefined): string {
  return command?.chain === undefined
    ? `${command?.firewall}`
    : `${command.firewall}, chain ${command.chain}`;
}
