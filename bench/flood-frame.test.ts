import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrame } from '../src/packet/decode-frame.ts';
import { ETHERNET } from '../src/packet/link-type.ts';
import { PacketFields } from '../src/packet/packet-fields.ts';
import { DECODED } from '../src/packet/reason.ts';
import { describeFields } from '../test/support/decoded.ts';
import { frameBytes, type Goal, newSheet, sourceText, writeSyn } from './flood-frame.ts';

const MAC = Uint8Array.of(1, 2, 3, 4, 5, 6);
const IPV4: Goal = { mac: MAC, address: Uint8Array.of(10, 9, 0, 1) };
const IPV6: Goal = { mac: MAC, address: Uint8Array.of(0xfd, 0, 0, 9, ...new Array(11).fill(0), 1) };

test('a frame is a SYN of the source that sourceText names, at any place of the buffer', () => {
  for (const [goal, to] of [
    [IPV4, '10.9.0.1'],
    [IPV6, 'fd00:9::1'],
  ] as const) {
    for (const source of [0, 7, 255, 65_536, 4_000_000]) {
      const told = decodedAt(goal, source, 24);
      const port = 1024 + (source & 0x7fff);
      assert.equal(told, `tcp ${sourceText(goal, source)}:${port} > ${to}:7001 flags 2 seq ${source}`);
    }
  }
});

test('no two sources share an address, nor over IPv6 a /64', () => {
  const sources = Array.from({ length: 20_000 }, (_, i) => i * 211);
  assert.equal(new Set(sources.map((source) => sourceText(IPV4, source))).size, sources.length);
  const networks = sources.map((source) => sourceText(IPV6, source).replace(/::1$/, ''));
  assert.equal(new Set(networks).size, sources.length);
});

function decodedAt(goal: Goal, source: number, at: number): string {
  const sheet = newSheet(at + frameBytes(goal));
  writeSyn(sheet, at, goal, source, 7001);
  const fields = new PacketFields();
  assert.equal(decodeFrame(sheet.view, at, frameBytes(goal), ETHERNET, fields), DECODED);
  return describeFields(fields);
}
