import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatWords } from '../src/net/ip-address.ts';
import { decodeFrame } from '../src/packet/decode-frame.ts';
import { ETHERNET } from '../src/packet/link-type.ts';
import { PacketFields } from '../src/packet/packet-fields.ts';
import { writeFlood, writeKnocks } from './flood-file.ts';
import { type Goal, sourceText } from './flood-frame.ts';

const GOAL: Goal = { mac: Uint8Array.of(1, 2, 3, 4, 5, 6), address: Uint8Array.of(10, 9, 0, 1) };

test('a flood takes its sources and its ports in turn', (t) => {
  const written = packetsOf(t, (path) =>
    writeFlood(path, GOAL, { packets: 5, sources: 2, firstSource: 10, ports: [1, 2, 3] }),
  );
  assert.deepEqual(
    written.map(({ source, port }) => `${source} ${port}`),
    [10, 11, 10, 11, 10].map((source, i) => `${sourceText(GOAL, source)} ${[1, 2, 3, 1, 2][i]}`),
  );
});

test('knocks are written in the order of their times', (t) => {
  const knocks = [
    { timeMs: 2030.5, source: 1, port: 8002 },
    { timeMs: 30, source: 1, port: 7001 },
  ];
  const written = packetsOf(t, (path) => writeKnocks(path, GOAL, knocks));
  assert.deepEqual(
    written.map(({ timeMs, port }) => [timeMs, port]),
    [
      [30, 7001],
      [2030.5, 8002],
    ],
  );
});

function packetsOf(t: { after: (done: () => void) => void }, write: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-flood-'));
  t.after(() => rmSync(folder, { recursive: true }));
  write(join(folder, 'file.pcap'));
  const file = readFileSync(join(folder, 'file.pcap'));
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  assert.equal(view.getUint32(0), 0xa1b2c3d4);
  const packets: { timeMs: number; source: string; port: number }[] = [];
  const fields = new PacketFields();
  for (let at = 24; at < file.length; at += 16 + view.getUint32(at + 8)) {
    decodeFrame(view, at + 16, view.getUint32(at + 8), ETHERNET, fields);
    packets.push({
      timeMs: view.getUint32(at) * 1000 + view.getUint32(at + 4) / 1000,
      source: formatWords(fields.src0, fields.src1, fields.src2, fields.src3),
      port: fields.dstPort,
    });
  }
  return packets;
}
