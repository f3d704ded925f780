/** That nothing outside a frame is read: every prefix of every sample frame, between bytes of two poisons. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFields } from '../../test/support/decoded.ts';
import { SAMPLE_FRAMES, type SampleFrame } from '../../test/support/frame-corpus.ts';
import { decodeFrame } from './decode-frame.ts';
import { PacketFields } from './packet-fields.ts';
import { DECODED, OUTSIDE_BUFFER, reasonText } from './reason.ts';

const MARGIN = 80;

/** A view that fails the test when a byte outside [from, to) is read. */
class GuardedView extends DataView<ArrayBuffer> {
  from = 0;
  to = 0;

  override getUint8(at: number): number {
    this.guard(at, 1);
    return super.getUint8(at);
  }

  override getUint16(at: number, littleEndian?: boolean): number {
    this.guard(at, 2);
    return super.getUint16(at, littleEndian);
  }

  override getInt32(at: number, littleEndian?: boolean): number {
    this.guard(at, 4);
    return super.getInt32(at, littleEndian);
  }

  override getUint32(at: number, littleEndian?: boolean): number {
    this.guard(at, 4);
    return super.getUint32(at, littleEndian);
  }

  private guard(at: number, size: number): void {
    assert.ok(
      at >= this.from && at + size <= this.to,
      `read of ${size} at ${at} in [${this.from}, ${this.to})`,
    );
  }
}

test('every prefix of every sample frame gives fields or a reason and reads nothing outside itself', () => {
  for (const sample of SAMPLE_FRAMES) {
    for (let length = 0; length <= sample.bytes.length; length++) {
      const outcomes = [0x00, 0x45, 0xff].map((poison) => outcomeOf(sample, length, poison));
      assert.equal(new Set(outcomes).size, 1, `${sample.name} cut to ${length}: ${outcomes.join(' | ')}`);
    }
  }
});

test('a prefix decodes from some length on, to the fields of the whole frame', () => {
  for (const sample of SAMPLE_FRAMES) {
    const whole = outcomeOf(sample, sample.bytes.length, 0);
    const outcomes = Array.from(sample.bytes, (_, length) => outcomeOf(sample, length, 0));
    const first = outcomes.indexOf(whole);
    const shortest = first === -1 ? outcomes.length : first;
    assert.ok(
      outcomes.slice(shortest).every((outcome) => outcome === whole),
      sample.name,
    );
    assert.ok(
      outcomes.slice(0, shortest).every((outcome) => outcome.startsWith('truncated')),
      sample.name,
    );
  }
});

test('a frame decodes the same at every alignment', () => {
  for (const sample of SAMPLE_FRAMES) {
    const outcomes = [0, 1, 2, 3].map((shift) => outcomeOf(sample, sample.bytes.length, 0, shift));
    assert.equal(new Set(outcomes).size, 1, sample.name);
  }
});

function outcomeOf({ bytes, linkType }: SampleFrame, length: number, poison: number, shift = 0): string {
  const start = MARGIN + shift;
  const buffer = new Uint8Array(start + length + MARGIN).fill(poison);
  buffer.set(bytes.subarray(0, length), start);
  const view = new GuardedView(buffer.buffer);
  view.from = start;
  view.to = start + length;
  const fields = new PacketFields();
  const reason = decodeFrame(view, start, length, linkType, fields);
  assert.notEqual(reason, OUTSIDE_BUFFER);
  return reason === DECODED ? describeFields(fields) : reasonText(reason);
}
