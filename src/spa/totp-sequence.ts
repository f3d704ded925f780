/**
 * Time-based sequences: the ports of a door, from a secret and the time. docs/totp.md describes them for other clients and
 * has test vectors. The counter is that of RFC 6238 (30 s steps since 1970); its HMAC is the SHA-256 one, over the counter
 * and a block number, because a sequence needs more bits than one code has.
 */

import { createHmac } from 'node:crypto';
import type { Protocol } from '../net/protocol.ts';
import type { SecretKey } from './secret-key.ts';
import type { PortOf } from './spa-packet.ts';

export const TOTP_STEP_MS = 30_000;

/** 2^32: words are below it. */
const WORDS = 0x1_0000_0000;
const WORD_BYTES = 4;

export interface SequenceShape {
  /** How many knocks; no port comes twice. */
  readonly steps: number;
  /** Ports from `first` to `last`, both included. */
  readonly first: number;
  readonly last: number;
  /** What each knock is drawn from, in this order. */
  readonly protocols: readonly Protocol[];
}

/** `Totp_Steps`, `Totp_Ports`. */
export const DEFAULT_SHAPE: SequenceShape = { steps: 4, first: 10_000, last: 60_000, protocols: ['tcp'] };

/** The number of the step that `nowMs` (wall clock) lies in. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / TOTP_STEP_MS);
}

/** The shape must have at least as many ports as steps, and a protocol: the configuration sees to it. */
export function totpSequence(secret: SecretKey, step: number, shape: SequenceShape): readonly PortOf[] {
  const { first, last, protocols } = shape;
  const ports = last - first + 1;
  if (protocols.length === 0 || ports < shape.steps) throw new RangeError('the range has too few ports');
  const sequence: PortOf[] = [];
  const choices = draws(secret, step, ports * protocols.length);
  while (sequence.length < shape.steps) {
    const choice = choices.next().value;
    const port = first + (choice % ports);
    const protocol = protocols[Math.floor(choice / ports)]!;
    if (sequence.every((knock) => knock.port !== port)) sequence.push({ protocol, port });
  }
  return sequence;
}

/**
 * Numbers below `limit`, all equally likely: words that lie in the last, incomplete round of `limit` are left out, for
 * they would make small numbers likelier.
 */
function* draws(secret: SecretKey, step: number, limit: number): Generator<number, never> {
  const rounds = WORDS - (WORDS % limit);
  for (const word of words(secret, step)) if (word < rounds) yield word % limit;
  throw new Error('words without end have ended');
}

/** The blocks HMAC-SHA-256(secret, step as 8 bytes, block number as 4 bytes), in big-endian words. */
function* words(secret: SecretKey, step: number): Generator<number> {
  const counter = Buffer.alloc(12);
  counter.writeBigUInt64BE(BigInt(step));
  for (let block = 0; ; block++) {
    counter.writeUInt32BE(block, 8);
    const digest = createHmac('sha256', secret.reveal()).update(counter).digest();
    for (let at = 0; at < digest.length; at += WORD_BYTES) yield digest.readUInt32BE(at);
  }
}
