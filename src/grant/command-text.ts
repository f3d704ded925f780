/** Puts a source address into a command. Nothing else that came from a packet ever reaches a shell. */

import type { DoorCommands } from '../config/config.ts';
import { formatIpAddress, type IpAddress, isIpv4 } from '../net/ip-address.ts';

const PLACEHOLDER = '%IP%';

interface CommandFamilies {
  readonly ipv4: DoorCommands;
  readonly ipv6: DoorCommands;
}

/** Every `%IP%`, in capitals as knockd wants it, becomes the canonical text of `source`. */
export function expandCommand(command: string, source: IpAddress): string {
  return command.replaceAll(PLACEHOLDER, formatIpAddress(source));
}

/** The door's commands for the family of `source`, with the address in place. */
export function commandsFor(door: CommandFamilies, source: IpAddress): DoorCommands {
  const { start, stop } = isIpv4(source.w0, source.w1, source.w2) ? door.ipv4 : door.ipv6;
  return {
    start: start === undefined ? undefined : expandCommand(start, source),
    stop: stop === undefined ? undefined : expandCommand(stop, source),
  };
}
