/** SPA: what bogus packets cost the judge of one port. */

import { randomBytes } from 'node:crypto';
import { parseIpAddress } from '../../src/net/ip-address.ts';
import { encodePacket, newPacket } from '../../src/spa/encode-packet.ts';
import { SpaJudge } from '../../src/spa/judge.ts';
import { newKey } from '../../src/spa/key-bytes.ts';
import { PacketHmac } from '../../src/spa/packet-hmac.ts';
import { ReplayWindow } from '../../src/spa/replay-window.ts';
import type { SpaDoor } from '../../src/spa/spa-door.ts';
import { atMost, type Figure, type Findings, figure } from '../row.ts';

const WARM_UP = 50_000;
const PACKETS = 500_000;
/** Different ones, so that no branch learns a single text. */
const TEXTS = 512;
/** A flood of 200,000 a second may take half of a core. */
const MAX_NS = 2500;

const HOME = parseIpAddress('198.51.100.7')!;
const SOURCE = { src0: HOME.w0, src1: HOME.w1, src2: HOME.w2, src3: HOME.w3 };

/** Takes no yard: nothing but the processor is needed. */
export function spaJudge(): Promise<Findings> {
  const one = [newDoor('one')];
  const four = ['a', 'b', 'c', 'd'].map(newDoor);
  const forged = texts(() => forgedFor(one[0]!));
  const good = sealed(one[0]!);
  const judge = judgeOf(one);
  const oneKey = nsFor(judge, forged);
  const figures: Figure[] = [
    figure(`forged HMAC, ${good.length} characters, 1 key`, oneKey, 'ns'),
    figure('forged HMAC, 4 keys', nsFor(judgeOf(four), forged), 'ns'),
    figure(
      'random bytes of that length',
      nsFor(
        judge,
        texts(() => randomBytes(good.length)),
      ),
      'ns',
    ),
    figure(
      'base64 text of another length',
      nsFor(
        judge,
        texts(() => noise(good.length + 1)),
      ),
      'ns',
    ),
  ];
  judge.packet(good, 0, good.length, SOURCE, Date.now());
  figures.push(figure('a copy of a packet that was taken', nsFor(judge, [good]), 'ns'));
  return Promise.resolve({
    method: `${PACKETS} packets each after ${WARM_UP} to warm up, in the process of the bench`,
    figures,
    bars: [atMost('ns for a forged packet with 1 key', oneKey, MAX_NS)],
  });
}

function nsFor(judge: SpaJudge, packets: readonly Uint8Array[]): number {
  judgeAll(judge, packets, WARM_UP);
  const before = process.cpuUsage();
  judgeAll(judge, packets, PACKETS);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / PACKETS;
}

function judgeAll(judge: SpaJudge, packets: readonly Uint8Array[], count: number): void {
  const nowMs = Date.now();
  for (let i = 0; i < count; i++) {
    const packet = packets[i % packets.length]!;
    const { kind } = judge.packet(packet, 0, packet.length, SOURCE, nowMs);
    if (kind !== 'refused') throw new Error('a bogus packet was taken');
  }
}

function judgeOf(doors: readonly SpaDoor[]): SpaJudge {
  return new SpaJudge(doors, new ReplayWindow({ maxAgeS: 120 }));
}

function newDoor(name: string): SpaDoor {
  return {
    name,
    key: newKey('cipher'),
    hmac: { key: newKey('hmac'), type: 'sha256' },
    allowWeakDigests: false,
    maxAgeS: 120,
    users: undefined,
    allowFrom: [],
    anySource: false,
    otherAddress: false,
    ports: [{ protocol: 'tcp', first: 22, last: 22 }],
    maxTimeoutS: 60,
  };
}

function sealed({ key, hmac }: SpaDoor): Buffer {
  const ports = [{ protocol: 'tcp', port: 22 }] as const;
  const message = { kind: 'access', address: HOME, ports, timeoutS: undefined } as const;
  const packet = newPacket('alice', Math.floor(Date.now() / 1000), message);
  const wire = encodePacket(packet, {
    key,
    hmac: hmac && new PacketHmac(hmac.key, hmac.type),
    digest: 'sha256',
  });
  if (!wire.ok) throw new Error(wire.error);
  return Buffer.from(wire.value);
}

/** What somebody sends who knows the format and no key. */
function forgedFor(door: SpaDoor): Buffer {
  const stranger = newDoor('stranger');
  return sealed({ ...door, key: stranger.key, hmac: stranger.hmac });
}

function noise(length: number): Buffer {
  return Buffer.from(`8${randomBytes(length).toString('base64')}`).subarray(0, length);
}

function texts(make: () => Buffer): readonly Buffer[] {
  return Array.from({ length: TEXTS }, make);
}
