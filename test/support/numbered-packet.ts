/** Packets for the replay cache that are known by a number. */

import { digestText } from '../../src/spa/digest.ts';
import type { SeenPacket } from '../../src/spa/seen-digests.ts';

/** 2026-11-25T08:00:00Z */
export const REPLAY_START_S = 1_795_593_600;

/** One that is `stepS` seconds younger for each number. */
export function numberedPacket(number: number, stepS = 0): SeenPacket {
  const digest = digestText('sha256', `packet ${number}`);
  return { timeS: REPLAY_START_S + number * stepS, fingerprint: Buffer.from(digest).readInt32LE(0), digest };
}
