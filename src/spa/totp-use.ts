/**
 * A time-based sequence opens its door once: whoever overhears it cannot use it again, from whatever address. What was
 * used stands in the replay memory beside packets, and so outlives a crash.
 */

import { digestText } from './digest.ts';
import type { ReplayMemory } from './replay-window.ts';
import { TOTP_STEP_MS } from './totp-sequence.ts';

/**
 * Whether this is the first use of `step` for the door, which it then is no longer. The door opens when the memory is on
 * the disk.
 * @param nowMs wall clock
 */
export function takeStep(replay: ReplayMemory, door: string, step: number, nowMs: number): boolean {
  const timeS = (step * TOTP_STEP_MS) / 1000;
  const digest = digestText('sha256', `totp ${step} ${door}`);
  if (replay.isForgotten(timeS) || replay.holds(digest)) return false;
  const fingerprint = Buffer.from(digest, 'base64').readInt32LE(0);
  return replay.add({ timeS, fingerprint, digest }, Math.floor(nowMs / 1000));
}
