/** Random and mutated frames through the decoder, beside a slow decoder. POSTERN_FUZZ_FRAMES sets how many. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrame } from '../../src/packet/decode-frame.ts';
import { PacketFields } from '../../src/packet/packet-fields.ts';
import { DECODED, OUTSIDE_BUFFER, REASON_COUNT, reasonText } from '../../src/packet/reason.ts';
import { seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import { type FuzzFrame, fuzzFrames } from './frame-source.ts';
import { type ReferenceFields, referenceDecode } from './reference-decoder.ts';

const { POSTERN_FUZZ_FRAMES } = process.env;
const FRAMES = Number(POSTERN_FUZZ_FRAMES ?? 100_000);

/** Wider than the largest read, so that a read past either end meets poison. */
const MARGIN = 64;
const MAX_FRAME = 8192;

const buffer = new Uint8Array(MAX_FRAME + 2 * MARGIN);
const view = new DataView(buffer.buffer);

test(`${FRAMES} random and mutated frames decode as the slow decoder says, whatever lies around them`, (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`POSTERN_SEED=${seed} POSTERN_FUZZ_FRAMES=${FRAMES}`);
  const counts = new Uint32Array(REASON_COUNT);
  const source = fuzzFrames(seededRandom(seed));
  for (let i = 0; i < FRAMES; i++) {
    const frame: FuzzFrame = source.next().value;
    const expected = referenceDecode(frame.linkType, frame.bytes);
    for (const poison of [0x00, 0xff]) check(frame, poison, expected, counts, `seed ${seed} frame ${i}`);
  }
  const tally = [...counts].map((count, code) => `${reasonText(code)} ${count / 2}`);
  t.diagnostic(tally.join(', '));
  if (FRAMES >= 100_000) assert.deepEqual(unmet(counts), [], 'reasons that no frame met');
});

function check(
  { linkType, bytes }: FuzzFrame,
  poison: number,
  expected: ReferenceFields | string,
  counts: Uint32Array,
  where: string,
): void {
  buffer.fill(poison, 0, bytes.length + 2 * MARGIN);
  buffer.set(bytes, MARGIN);
  const fields = staleFields();
  const reason = decodeFrame(view, MARGIN, bytes.length, linkType, fields);
  counts[reason]!++;
  const actual = reason === DECODED ? asReference(fields) : reasonText(reason);
  if (reason !== DECODED && actual === expected) return;
  const frame = `${where}, link type ${linkType}: ${Buffer.from(bytes).toString('hex')}`;
  assert.deepEqual(actual, expected, frame);
}

/** Values that no frame has, to find fields that the decoder leaves as they were. */
function staleFields(): PacketFields {
  const fields = new PacketFields();
  for (const key of Object.keys(fields) as (keyof PacketFields)[]) fields[key] = 0x5a5a_5a5a;
  return fields;
}

function asReference(f: PacketFields): ReferenceFields {
  const { protocol, srcPort, dstPort, tcpFlags } = f;
  const src = hex(f.src0, f.src1, f.src2, f.src3);
  const dst = hex(f.dst0, f.dst1, f.dst2, f.dst3);
  for (const value of Object.values(f)) assert.equal(value, value | 0, 'a field is not a 32-bit integer');
  return { src, dst, protocol, srcPort, dstPort, tcpFlags, tcpSeq: f.tcpSeq >>> 0 };
}

function hex(...words: readonly number[]): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function unmet(counts: Uint32Array): string[] {
  return [...counts.keys()].filter((code) => counts[code] === 0 && code !== OUTSIDE_BUFFER).map(reasonText);
}
