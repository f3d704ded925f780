/** Doors may share ports: the ports of all doors, cut into ranges that do not overlap, each with the doors that have it. */

import type { PortRange } from '../net/port-range.ts';
import type { Protocol } from '../net/protocol.ts';
import type { GuardedDoor } from './firewall.ts';

export interface PortSegment {
  readonly first: number;
  readonly last: number;
  /** Places in the list of doors, rising; at least one. */
  readonly doors: readonly number[];
}

/** In the order of the ports. */
export function portSegments(
  doors: readonly Pick<GuardedDoor, 'ports'>[],
  protocol: Protocol,
): readonly PortSegment[] {
  const edges = doors.flatMap(({ ports }, door) =>
    ports.filter((range) => range.protocol === protocol).flatMap((range) => edgesOf(range, door)),
  );
  edges.sort((a, b) => a.port - b.port);
  const segments: PortSegment[] = [];
  const open = new Map<number, number>();
  for (const [at, { port, door, step }] of edges.entries()) {
    count(open, door, step);
    const next = edges[at + 1]?.port ?? port;
    if (next === port || open.size === 0) continue;
    addSegment(segments, { first: port, last: next - 1, doors: [...open.keys()].sort((a, b) => a - b) });
  }
  return segments;
}

/** A door that begins (1) or ends (-1) to have ports, at a port. */
interface Edge {
  readonly port: number;
  readonly door: number;
  readonly step: 1 | -1;
}

function edgesOf({ first, last }: PortRange, door: number): Edge[] {
  return [
    { port: first, door, step: 1 },
    { port: last + 1, door, step: -1 },
  ];
}

/** A door's own ranges may overlap. */
function count(open: Map<number, number>, door: number, step: 1 | -1): void {
  const times = (open.get(door) ?? 0) + step;
  if (times === 0) open.delete(door);
  else open.set(door, times);
}

function addSegment(segments: PortSegment[], segment: PortSegment): void {
  const before = segments.at(-1);
  const continues = before !== undefined && before.last + 1 === segment.first;
  if (continues && before.doors.join() === segment.doors.join()) {
    segments[segments.length - 1] = { ...before, last: segment.last };
  } else segments.push(segment);
}
