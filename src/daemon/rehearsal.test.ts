import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpAddress } from '../net/ip-address.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { SYN } from '../net/tcp-flags.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';
import { Rehearsal } from './rehearsal.ts';
import { RehearsalFrames, type RehearsedPacket } from './rehearsal-frames.ts';

test('frames say what they were made from', () => {
  const packets = [
    packet('11.0.0.1', '10.0.0.1', 'tcp', 7001),
    packet('223.255.255.255', '10.0.0.1', 'udp', 65_535),
    packet('2001:db8::1', '2001:db8:ffff::2', 'tcp', 1),
    packet('2001:db8::1', '2001:db8:ffff::2', 'udp', 8002),
  ];
  const { batch, fill } = frames();
  fill(packets, 1_700_000_000_250);
  assert.equal(batch.frames.count, packets.length);
  for (const [i, { source, destination, protocol, port }] of packets.entries()) {
    const fields = new PacketFields();
    const { starts, lengths, seconds, microseconds } = batch.frames;
    assert.equal(decodeFrame(batch.view, starts[i]!, lengths[i]!, batch.linkType, fields), DECODED);
    const { src0: w0, src1: w1, src2: w2, src3: w3 } = fields;
    assert.deepEqual({ w0, w1, w2, w3 }, source);
    assert.deepEqual([fields.dst0, fields.dst1, fields.dst2, fields.dst3], Object.values(destination));
    assert.deepEqual([fields.protocol, fields.dstPort], [protocol === 'tcp' ? TCP : UDP, port]);
    assert.equal(fields.tcpFlags, protocol === 'tcp' ? SYN : 0);
    assert.deepEqual([seconds[i], microseconds[i]], [1_700_000_000, 250_000]);
  }
});

test('knocks open doors in it, and at its end nothing is left that runs', async () => {
  const rehearsal = new Rehearsal();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  rehearsal.start();
  for (let seen = -1; rehearsal.openings === 0 || rehearsal.openings > seen; ) {
    seen = rehearsal.openings;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.ok(rehearsal.openings > 500, `${rehearsal.openings} openings`);
  rehearsal.stop();
  assert.equal(timers(), before);
});

test('it can be stopped before it began', () => {
  const rehearsal = new Rehearsal();
  rehearsal.start();
  rehearsal.stop();
  assert.equal(rehearsal.openings, 0);
});

function frames() {
  const made = new RehearsalFrames();
  return { batch: made.batch, fill: made.fill.bind(made) };
}

function packet(source: string, destination: string, protocol: 'tcp' | 'udp', port: number): RehearsedPacket {
  const [from, to] = [source, destination].map((text) => parseIpAddress(text));
  assert.ok(from !== undefined && to !== undefined);
  return { source: from, destination: to, protocol, port };
}
