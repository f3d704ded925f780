import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { until } from '../../lab/until.ts';
import { FirstSteps } from '../knock/first-steps.ts';
import { parseIpAddress } from '../net/ip-address.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { SYN } from '../net/tcp-flags.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';
import { Counters } from './counters.ts';
import { Rehearsal } from './rehearsal.ts';
import { RehearsalFrames, type RehearsedPacket } from './rehearsal-frames.ts';
import { RehearsedKnocks } from './rehearsed-knocks.ts';
import { RehearsedSpa } from './rehearsed-spa.ts';

/** kOptimized of V8's OptimizationStatus. */
const IS_OPTIMIZED = 1 << 4;

test('at its end V8 has compiled the short way of a flood', async () => {
  setFlagsFromString('--allow-natives-syntax');
  const statusOf = new Function('f', 'return %GetOptimizationStatus(f)') as (f: unknown) => number;
  const isCompiled = () => (statusOf(FirstSteps.prototype.insertStrangers) & IS_OPTIMIZED) !== 0;
  assert.ok(!isCompiled());
  const knocks = new RehearsedKnocks(new Counters());
  while (knocks.play()) await new Promise((resolve) => setTimeout(resolve, 2));
  knocks.end();
  await until(isCompiled, { what: 'the compiler' });
});

test('frames say what they were made from', () => {
  const packets = [
    packet('11.0.0.1', '10.0.0.1', 'tcp', 7001),
    packet('223.255.255.255', '10.0.0.1', 'udp', 65_535),
    packet('2001:db8::1', '2001:db8:ffff::2', 'tcp', 1),
    packet('2001:db8::1', '2001:db8:ffff::2', 'udp', 8002),
    { ...packet('11.0.0.1', '10.0.0.1', 'udp', 62_201), payload: Buffer.from('knock') },
    { ...packet('2001:db8::1', '2001:db8:ffff::2', 'udp', 62_201), payload: Buffer.from('knock') },
  ];
  const { batch, fill } = frames();
  fill(packets, 1_700_000_000_250);
  assert.equal(batch.frames.count, packets.length);
  for (const [i, { source, destination, protocol, port, payload }] of packets.entries()) {
    const fields = new PacketFields();
    const { starts, lengths, seconds, microseconds } = batch.frames;
    assert.equal(decodeFrame(batch.view, starts[i]!, lengths[i]!, batch.linkType, fields), DECODED);
    const { src0: w0, src1: w1, src2: w2, src3: w3 } = fields;
    assert.deepEqual({ w0, w1, w2, w3 }, source);
    assert.deepEqual([fields.dst0, fields.dst1, fields.dst2, fields.dst3], Object.values(destination));
    assert.deepEqual([fields.protocol, fields.dstPort], [protocol === 'tcp' ? TCP : UDP, port]);
    assert.equal(fields.tcpFlags, protocol === 'tcp' ? SYN : 0);
    assert.equal(seconds[i], 1_700_000_000);
    const agoUs = (packets.length - 1 - i) * 60;
    assert.ok(Math.abs(251_900 - agoUs - microseconds[i]!) <= 1, `${microseconds[i]}`);
    const view = new Uint8Array(batch.view.buffer, fields.payloadAt, fields.payloadEnd - fields.payloadAt);
    assert.equal(Buffer.from(view).toString(), payload?.toString() ?? '');
  }
});

test('knocks open doors in it, and at its end nothing is left that runs', async () => {
  const timers = liveTimers();
  const rehearsal = new Rehearsal();
  rehearsal.start();
  await openingsEnd(rehearsal);
  assert.ok(rehearsal.openings > 500, `${rehearsal.openings} openings`);
  rehearsal.stop();
  assert.equal(await timers.left(), 0);
});

test('stopped in the midst of an act, it leaves nothing that runs, and the next one is not begun', async () => {
  const timers = liveTimers();
  const rehearsal = new Rehearsal();
  rehearsal.start();
  rehearsal.addSpa();
  await until(() => rehearsal.openings > 100, { what: 'openings' });
  rehearsal.stop();
  const { openings } = rehearsal;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await timers.left(), 0);
  assert.equal(rehearsal.openings, openings);
});

test('one that fails is over, and nothing else comes of it', async (t) => {
  let ended = false;
  const act = {
    play: () => {
      throw new Error('no such digest');
    },
    end: () => {
      ended = true;
    },
  };
  const rehearsal = new Rehearsal(() => act);
  rehearsal.start();
  await until(() => ended, { what: 'the end' });
  const timers = t.mock.method(globalThis, 'setTimeout');
  rehearsal.addSpa();
  assert.equal(timers.mock.callCount(), 0);
});

test('it can be stopped before it began', () => {
  const rehearsal = new Rehearsal();
  rehearsal.start();
  rehearsal.stop();
  assert.equal(rehearsal.openings, 0);
});

function frames() {
  const made = new RehearsalFrames(8, 5);
  return { batch: made.batch, fill: made.fill.bind(made) };
}

test('packets to a door of single packet authorization are taken and refused in it, and it opens doors', async () => {
  const counters = new Counters();
  const spa = new RehearsedSpa(counters);
  while (spa.play());
  spa.end();
  await new Promise((resolve) => setImmediate(resolve));
  const { matches, opened, refused, spaRefused } = counters.status({ received: 0, dropped: 0 });
  assert.ok(matches > 100, `${matches} taken`);
  assert.deepEqual([opened, refused], [matches, {}]);
  assert.deepEqual(Object.keys(spaRefused).toSorted(), ['bad-hmac', 'replay', 'shape']);
});

test('packets of that kind are played once, also when their doors come later', async (t) => {
  const rehearsal = new Rehearsal();
  rehearsal.start();
  await openingsEnd(rehearsal);
  const knocks = rehearsal.openings;
  rehearsal.addSpa();
  await openingsEnd(rehearsal, knocks);
  const all = rehearsal.openings;
  assert.ok(all > knocks);
  const timers = t.mock.method(globalThis, 'setTimeout');
  rehearsal.addSpa();
  assert.equal(timers.mock.callCount(), 0);
  rehearsal.stop();
});

/** Counts timers that are made from now on and are neither over nor cleared, also those that keep no process alive. */
function liveTimers() {
  const live = new Set<number>();
  const hook = createHook({
    init: (id, type) => type === 'Timeout' && live.add(id),
    destroy: (id) => live.delete(id),
  }).enable();
  const left = async () => {
    // Ends are told late.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    hook.disable();
    return live.size;
  };
  return { left };
}

/** Waits until there are more than `least`, and no more come. */
async function openingsEnd(rehearsal: Rehearsal, least = 0): Promise<void> {
  for (let seen = -1; rehearsal.openings <= least || rehearsal.openings > seen; ) {
    seen = rehearsal.openings;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function packet(source: string, destination: string, protocol: 'tcp' | 'udp', port: number): RehearsedPacket {
  const [from, to] = [source, destination].map((text) => parseIpAddress(text));
  assert.ok(from !== undefined && to !== undefined);
  return { source: from, destination: to, protocol, port };
}
