import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { framesOf, writeCapture } from './capture-file.ts';

test('frames are written in the order of their times, and found again', (t) => {
  const path = fileFor(t);
  writeCapture(path, [
    { timeMs: 2030.5, frame: Uint8Array.of(4, 5) },
    { timeMs: 30, frame: Uint8Array.of(1, 2, 3) },
  ]);
  const { bytes, places } = framesOf(path);
  const frames = places.map(({ at, length }) => [...bytes.subarray(at, at + length)]);
  assert.deepEqual(frames, [
    [1, 2, 3],
    [4, 5],
  ]);
  const times = places.map(({ at }) => [bytes.readUInt32BE(at - 16), bytes.readUInt32BE(at - 12)]);
  assert.deepEqual(times, [
    [0, 30_000],
    [2, 30_500],
  ]);
});

test('another file is refused', (t) => {
  const path = fileFor(t);
  writeFileSync(path, 'not a capture file');
  assert.throws(() => framesOf(path), /is not a capture file/);
});

function fileFor(t: { after: (done: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-flood-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'file.pcap');
}
