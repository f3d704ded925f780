/**
 * Random, mutated and directed frames through decoder and matcher: nothing throws, the tables stay within their bounds,
 * one packet causes few events, and the heap does not grow. POSTERN_FUZZ_FRAMES sets how many.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AddressSet } from '../../src/knock/address-set.ts';
import { MAX_PREFETCH } from '../../src/knock/chained-ring.ts';
import type { KnockDoor } from '../../src/knock/knock-door.ts';
import { MATCH_EVENT_NAMES, OPENED } from '../../src/knock/match-event.ts';
import { Matcher } from '../../src/knock/matcher.ts';
import { PortSet } from '../../src/knock/port-set.ts';
import { parseIpAddress } from '../../src/net/ip-address.ts';
import { ACK, FIN, SYN } from '../../src/net/tcp-flags.ts';
import { decodeFrame } from '../../src/packet/decode-frame.ts';
import { PacketFields } from '../../src/packet/packet-fields.ts';
import { DECODED } from '../../src/packet/reason.ts';
import { ethernet, ipv4, ipv6, tcp, udp } from '../support/frame-builder.ts';
import { address } from '../support/knock-table.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import { type FuzzFrame, fuzzFrames } from './frame-source.ts';

const { POSTERN_FUZZ_FRAMES } = process.env;
const FRAMES = Number(POSTERN_FUZZ_FRAMES ?? 100_000);

/** Small, so that it is full most of the time. */
const MAX_ATTEMPTS = 2048;
/** First steps, and the tables beside them: an eighth, a sixteenth. */
const MOST_LIVE = MAX_ATTEMPTS * (1 + 1 / 8 + 1 / 16);

const DOORS = 40;
/** For each door that begins with the step, and for each that is on its way: two events, and one for the packet. */
const MOST_EVENTS = 3 * DOORS;

const OWN_4 = '192.168.0.7';
const OWN_6 = 'fd00::2';
const TARGET = '192.168.0.9';
const ETHERNET = 1;
/** The pool of directed frames: built once, sent in any order and broken at times. */
const POOL = 4000;

/** Bytes that the heap may have grown by after everything: garbage and compiled code, no attempts. */
const MOST_GROWTH = 16 * 1024 * 1024;

test(`${FRAMES} random, mutated and directed frames through decoder and matcher stay within bounds`, (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_FUZZ_FRAMES=${FRAMES}`);
  const counts = new Uint32Array(MATCH_EVENT_NAMES.length);
  let events = 0;
  const matcher = new Matcher(randomDoors(random), options(random), {
    matchEvent: (kind, door) => {
      assert.ok(kind in counts && door >= -1 && door < DOORS);
      counts[kind]!++;
      events++;
    },
  });
  matcher.setOwnAddresses(new AddressSet([OWN_4, OWN_6].map(address)));
  const source = frames(random, matcher.doors);
  const packets = Array.from({ length: MAX_PREFETCH }, () => new PacketFields());
  const times = new Int32Array(MAX_PREFETCH);
  let heapBefore = 0;
  let waiting = 0;
  let now = 2 ** 31 - 5000;
  for (let i = 0; i < FRAMES; i++) {
    if (i === Math.floor(FRAMES / 10)) heapBefore = heapUsed();
    const { linkType, bytes } = source.next().value;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (decodeFrame(view, 0, bytes.length, linkType, packets[waiting]!) !== DECODED) continue;
    now += random.oneIn(500) ? random.below(30_000) : random.below(3);
    times[waiting++] = now | 0;
    if (waiting < MAX_PREFETCH && !random.oneIn(20)) continue;
    matcher.beginBatch();
    for (let next = 0; next < waiting; ) {
      const from = next;
      events = 0;
      next = matcher.packets(packets, times, from, waiting);
      assert.ok(next > from && next <= waiting);
      assert.ok(events <= MOST_EVENTS * (next - from), `${events} events`);
    }
    waiting = 0;
    assert.ok(matcher.liveAttempts <= MOST_LIVE, `${matcher.liveAttempts} attempts`);
    if (random.oneIn(50)) assertSane(matcher.expire(now | 0));
  }
  const growth = heapUsed() - heapBefore;
  t.diagnostic([...counts].map((count, kind) => `${MATCH_EVENT_NAMES[kind]} ${count}`).join(', '));
  t.diagnostic(`the heap grew by ${Math.round(growth / 1024)} KB`);
  assert.ok(growth < MOST_GROWTH, `the heap grew by ${growth} bytes`);
  if (FRAMES < 100_000) return;
  const unmet = MATCH_EVENT_NAMES.filter((_, kind) => counts[kind] === 0);
  assert.deepEqual(unmet, [], 'events that nothing caused');
  assert.ok(counts[OPENED]! < FRAMES);
});

function options(random: SeededRandom) {
  const ignorePorts = new PortSet();
  ignorePorts.add(80, 90, undefined);
  const hashKey = { k0: random.below(2 ** 32) | 0, k1: random.below(2 ** 32) | 0 };
  return {
    maxAttempts: MAX_ATTEMPTS,
    maxStrays: 4,
    reorderWindowMs: 100,
    banTimeMs: 500,
    ignorePorts,
    hashKey,
  };
}

/** Of all kinds: shared first steps, repeated steps, one step and thirty-two, flags, a target. */
function randomDoors(random: SeededRandom): readonly KnockDoor[] {
  const rules = [
    { mask: 0, value: 0 },
    { mask: 0, value: 0 },
    { mask: SYN | ACK, value: SYN },
    { mask: FIN, value: FIN },
  ];
  return Array.from({ length: DOORS }, (_, at) => ({
    name: `door${at}`,
    steps: Array.from({ length: random.oneIn(10) ? 32 : 1 + random.below(5) }, (_, step) => ({
      port: 7000 + (step === 0 ? random.below(4) : random.below(30)),
      protocol: random.oneIn(3) ? ('udp' as const) : ('tcp' as const),
    })),
    seqTimeoutMs: 1000 * (1 + random.below(25)),
    tcpFlags: random.pick(rules),
    target: random.oneIn(5) ? parseIpAddress(TARGET) : undefined,
  }));
}

function* frames(random: SeededRandom, doors: readonly KnockDoor[]): Generator<FuzzFrame, never> {
  const wild = fuzzFrames(random);
  const pool = Array.from({ length: POOL }, () => directedFrame(random, doors));
  let at = 0;
  for (;;) {
    if (random.oneIn(4)) {
      yield wild.next().value;
      continue;
    }
    // Neighbours of the pool are often one knocker's steps in order.
    at = random.oneIn(6) ? random.below(POOL) : (at + 1) % POOL;
    const bytes = pool[at]!;
    yield { linkType: ETHERNET, bytes: random.oneIn(10) ? broken(random, bytes) : bytes };
  }
}

let plan = { source: '', door: 0, step: 0 };

function directedFrame(random: SeededRandom, doors: readonly KnockDoor[]): Uint8Array {
  if (random.oneIn(5) || plan.source === '') {
    plan = { source: randomSource(random), door: random.below(doors.length), step: 0 };
  }
  const { steps, target } = doors[plan.door]!;
  const step = steps[plan.step++ % steps.length]!;
  const port = random.oneIn(12) ? random.below(65_535) + 1 : step.port;
  const ports = { srcPort: random.below(65_536), dstPort: port };
  const isTcp = step.protocol === 'tcp';
  const flags = random.pick([SYN, SYN, SYN, SYN | ACK, FIN]);
  const segment = isTcp ? tcp({ ...ports, flags, seq: random.below(2 ** 32) }) : udp(ports);
  const six = plan.source.includes(':');
  const dst = six ? OWN_6 : target === undefined ? OWN_4 : TARGET;
  const packet = (six ? ipv6 : ipv4)({ src: plan.source, dst, protocol: isTcp ? 6 : 17 }, segment);
  return ethernet(packet);
}

/** Few who come again, many who do not, and one /64 with many addresses. */
function randomSource(random: SeededRandom): string {
  switch (random.below(4)) {
    case 0:
      return `192.0.2.${random.below(20)}`;
    case 1:
      return `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`;
    case 2:
      return `2001:db8::${random.below(65_536).toString(16)}`;
    default:
      return `2001:db8:${random.below(65_536).toString(16)}::7`;
  }
}

function broken(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const changed = random.oneIn(3) ? bytes.slice(0, random.below(bytes.length)) : Uint8Array.from(bytes);
  if (changed.length > 0) changed[random.below(changed.length)] = random.below(256);
  return changed;
}

function assertSane(nextInMs: number): void {
  assert.ok(Number.isInteger(nextInMs) && nextInMs >= -1 && nextInMs <= 25_001, `${nextInMs}`);
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const { heapUsed: bytes, arrayBuffers } = process.memoryUsage();
  return bytes + arrayBuffers;
}
