/** Sequences that nobody guesses and no plain scan meets: what the rules of `postern check` ask for, drawn at random. */

import { randomInt } from 'node:crypto';
import { MAX_PORT, type Protocol } from '../../net/protocol.ts';

export interface DrawnStep {
  readonly port: number;
  readonly protocol: Protocol;
}

/** A number from 0 to `below` - 1, each as likely. */
export type Draw = (below: number) => number;

export const DEFAULT_STEPS = 5;

/** Below it are the ports of services, and only root may listen there. */
const FIRST_PORT = 1024;

/** Ports that scanners try before all others, or that stand in articles on port knocking. */
const WELL_KNOWN: ReadonlySet<number> = new Set([
  ...[1080, 1194, 1433, 1521, 1701, 1723, 1883, 1900, 2049, 2082, 2083, 2181, 2222, 2375, 2376, 3000, 3128],
  ...[3268, 3306, 3389, 3478, 4369, 4443, 4444, 4500, 5000, 5001, 5060, 5061, 5222, 5353, 5432, 5555, 5601],
  ...[5672, 5683, 5900, 5901, 5984, 5985, 6000, 6379, 6443, 6667, 7000, 7001, 7070, 7777, 8000, 8008, 8080],
  ...[8081, 8086, 8088, 8443, 8883, 8888, 9000, 9042, 9090, 9092, 9100, 9200, 9300, 9418, 9999, 10000],
  ...[11211, 12345, 15672, 20000, 25565, 27017, 27018, 30000, 31337, 32400, 50000, 51820, 60000, 62201],
]);

/** Far more than the strays that an attempt may make. */
const LEAST_DISTANCE = 1100;

/** Of the order and of the protocols; each draw fails at most one time in eight with five steps. */
const MAX_DRAWS = 1000;

/**
 * No port twice, ports far from each other, in no order, tcp and udp mixed.
 * @param steps 4 to 16
 * @param isTaken a port that is not to be used, as something listens there
 */
export function randomSequence(
  steps: number,
  isTaken: (step: DrawnStep) => boolean,
  draw: Draw = (below) => randomInt(below),
): readonly DrawnStep[] {
  for (let turn = 0; turn < MAX_DRAWS; turn++) {
    const drawn = Array.from({ length: steps }, () => randomStep(draw));
    if (isGood(drawn) && !drawn.some(isTaken)) return drawn;
  }
  throw new Error('no sequence was found');
}

/** `7301,48122:udp`: as the configuration writes it. */
export function sequenceText(steps: readonly DrawnStep[]): string {
  return steps.map(({ port, protocol }) => (protocol === 'tcp' ? `${port}` : `${port}:udp`)).join(',');
}

function randomStep(draw: Draw): DrawnStep {
  const port = FIRST_PORT + draw(MAX_PORT - FIRST_PORT + 1);
  return { port, protocol: draw(2) === 0 ? 'tcp' : 'udp' };
}

function isGood(steps: readonly DrawnStep[]): boolean {
  const ports = steps.map(({ port }) => port);
  const sorted = ports.toSorted((a, b) => a - b);
  const isApart = sorted.every((port, at) => at === 0 || port - sorted[at - 1]! >= LEAST_DISTANCE);
  const isMixed = new Set(steps.map(({ protocol }) => protocol)).size === 2;
  return isApart && isMixed && !isOrdered(ports) && !ports.some((port) => WELL_KNOWN.has(port));
}

function isOrdered(ports: readonly number[]): boolean {
  const rises = ports.slice(1).map((port, at) => port > ports[at]!);
  return rises.every((rise) => rise === rises[0]);
}
