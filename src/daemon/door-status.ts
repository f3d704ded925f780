/** One door for `status`: what it does and whether it is on. Its sequence is a secret. */

import { FOREVER_MS } from '../base/duration.ts';
import type { Door } from '../config/config.ts';
import type { DoorStatus } from '../control/status.ts';
import { formatPortRange } from '../net/port-range.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { ControlHost } from './control-host.ts';
import type { LiveDoor } from './live-doors.ts';

/** @param live what the door has of the doors in force, to tell its sequence; undefined: it is not told */
export function doorStatus(
  door: Door,
  host: Pick<ControlHost, 'counters' | 'whyOff'>,
  live: readonly LiveDoor[] | undefined,
): DoorStatus {
  const why = host.whyOff(door.name);
  return {
    name: door.name,
    state: why === undefined ? 'on' : 'off',
    ...(why === undefined ? {} : { why }),
    does: whatItDoes(door),
    ports: door.opening?.ports.map(formatPortRange) ?? [],
    opensForMs: opensForMs(door),
    closes: door.closes,
    allowFrom: door.allowFrom.map(formatPrefix),
    opensBy: door.sequence.kind === 'fixed' ? 'sequence' : door.sequence.kind,
    matches: host.counters.matchesOf(door.name),
    ...(live === undefined ? {} : { sequence: live.map(sequenceText).join(' or ') }),
  };
}

function sequenceText({ knock }: LiveDoor): string {
  return knock.steps.map(({ port, protocol }) => `${port}:${protocol}`).join(',');
}

export function runsCommands({ ipv4, ipv6 }: Door): boolean {
  return ipv4.start !== undefined || ipv6.start !== undefined;
}

function whatItDoes(door: Door): DoorStatus['does'] {
  const { opening, closes } = door;
  if (opening !== undefined) return 'ports';
  if (runsCommands(door)) return 'commands';
  return closes.length > 0 ? 'closes' : 'tells';
}

function opensForMs({ opening, ipv4, ipv6, cmdTimeoutMs }: Door): number | null {
  if (opening !== undefined) return opening.forMs >= FOREVER_MS ? null : opening.forMs;
  return ipv4.stop === undefined && ipv6.stop === undefined ? null : cmdTimeoutMs;
}
