/** How likely it is that a door opens for somebody who does not know its sequence. */

import type { Door } from '../config/config.ts';
import { MAX_PORT } from '../net/protocol.ts';
import { stepsOf } from './sequence-rules.ts';

export interface Odds {
  /** Scans of all 65,535 ports in random order until one opens the door, on average; 1: each does. */
  readonly randomScans: number;
  /** Blind tries of one sequence after the other until one opens it, on average. */
  readonly guesses: number;
}

/**
 * A random scan that has met a step goes on with its attempt only when the next step is among the packets that may go
 * astray and the one after them: (Max_Strays + 1) / 65,535 for each further step (docs/knocking.md).
 * Undefined for doors without a fixed sequence.
 */
export function oddsOf(door: Door, maxStrays: number): Odds | undefined {
  const steps = stepsOf(door);
  if (steps.length === 0) return undefined;
  const further = Math.min(1, (maxStrays + 1) / MAX_PORT);
  return {
    randomScans: Math.round(1 / further ** (steps.length - 1)),
    // Half of all sequences of that length, tcp or udp at each step.
    guesses: Math.round((2 * MAX_PORT) ** steps.length / 2),
  };
}

export function oddsText({ randomScans }: Odds): string {
  if (randomScans <= 1) return 'every scan of all ports opens it';
  return `a scan of all ports in random order opens it once in ${people(randomScans)}`;
}

function people(count: number): string {
  if (count < 1e6) return count.toLocaleString('en-US');
  if (count < 1e9) return `${Math.round(count / 1e6).toLocaleString('en-US')} million`;
  if (count < 1e15) return `${Math.round(count / 1e9).toLocaleString('en-US')} thousand million`;
  return `10^${Math.floor(Math.log10(count))}`;
}
