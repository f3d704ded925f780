import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { SlowMatcher, type SlowPacket } from '../../test/support/slow-matcher.ts';
import { parseIpAddress } from '../net/ip-address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { AddressSet } from './address-set.ts';
import { HandBans } from './hand-bans.ts';
import type { KnockDoor } from './knock-door.ts';
import { OPENED, STAGE } from './match-event.ts';
import { Matcher, type MatcherOptions } from './matcher.ts';
import { PortSet } from './port-set.ts';

const { POSTERN_MATCHER_ROUNDS: rounds = '400' } = process.env;
const ROUNDS = Number(rounds);
const PACKETS = 400;
const OWN = '10.0.0.1';
const TARGETS = ['10.0.9.1', '10.0.9.2'];

test('random doors and traffic open what the slow model opens', (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`POSTERN_SEED=${seed} POSTERN_MATCHER_ROUNDS=${ROUNDS}`);
  const { below } = seededRandom(seed);
  let openings = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const doors = Array.from({ length: 1 + below(5) }, (_, i) => randomDoor(i, below));
    const reorderWindowMs = [0, 100, 100][below(3)]!;
    const maxStrays = [2, 16][below(2)]!;
    const opened: number[] = [];
    const matcher = new Matcher(
      doors,
      {
        maxAttempts: 4096,
        maxStrays,
        reorderWindowMs,
        banTimeMs: 0,
        ignorePorts: new PortSet(),
        hashKey: { k0: below(2 ** 31), k1: below(2 ** 31) },
      },
      {
        matchEvent: (kind, door) => {
          if (kind === OPENED) opened.push(door);
        },
      },
    );
    matcher.setOwnAddresses(new AddressSet([parseIpAddress(OWN)!]));
    const slow = new SlowMatcher(doors, doors.map(targetText), { reorderWindowMs, maxStrays });
    let now = 2 ** 31 - below(4000);
    const history: string[] = [];
    const plans = new Map<string, { door: number; at: number }>();
    for (let i = 0; i < PACKETS; i++) {
      now += [0, 1, 5, 30, 90, 101, 300, 1100][below(8)]!;
      const p = randomPacket(doors, plans, below);
      history.push(`${now} ${JSON.stringify(p)}`);
      opened.length = 0;
      if (below(10) === 0) matcher.expire(now | 0);
      matcher.packet(fieldsOf(p), now | 0);
      const expected = slow.packet(p, now);
      openings += expected.length;
      const sorted = [...opened].sort((a, b) => a - b);
      if (sorted.join() === expected.join()) continue;
      assert.deepEqual(
        sorted,
        expected,
        `round ${round}, packet ${i}\n${JSON.stringify({ doors, reorderWindowMs, maxStrays })}\n${history.slice(-14).join('\n')}`,
      );
    }
  }
  assert.ok(openings > ROUNDS, `only ${openings} openings: the traffic tests too little`);
});

/** Many sources that send little, among them those of a flood: what `packets` has a shorter way for. */
test('packets that are judged together tell what they tell one by one', (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`POSTERN_SEED=${seed} POSTERN_MATCHER_ROUNDS=${ROUNDS}`);
  const { below } = seededRandom(seed);
  let strangers = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const doors = Array.from({ length: 1 + below(4) }, (_, i) => randomDoor(i, below));
    const options = {
      maxAttempts: 64,
      maxStrays: [2, 16][below(2)]!,
      reorderWindowMs: [0, 100][below(2)]!,
      banTimeMs: [0, 5000][below(2)]!,
      ignorePorts: new PortSet(),
      hashKey: { k0: below(2 ** 31), k1: below(2 ** 31) },
    };
    const [together, oneByOne] = [telling(doors, options), telling(doors, options)];
    const banned = parsePrefix('192.0.2.0/30')!;
    let now = 2 ** 31 - below(4000);
    const sources = [3, 30, 200][below(3)]!;
    // Few enough that all of it is told.
    const most = doors.length === 1 ? 30 : 12;
    const history: string[] = [];
    for (let batch = 0; batch < 30; batch++) {
      if (below(3) === 0) {
        now += 200;
        for (const { matcher } of [together, oneByOne]) matcher.expire(now | 0);
      }
      if (below(20) === 0) {
        for (const { bans } of [together, oneByOne]) if (!bans.add(banned, 1)) assert.fail();
      }
      const packets = Array.from({ length: 1 + below(most) }, () => strangersPacket(doors, sources, below));
      const times = Int32Array.from(packets, () => {
        now += [0, 0, 0, 1, 30, 101, 1100][below(7)]!;
        return now;
      });
      history.push(...packets.map((p, i) => `${times[i]} ${JSON.stringify(p)}`));
      const fields = packets.map(fieldsOf);
      together.matcher.beginBatch();
      for (let next = 0; next < fields.length; ) {
        next = together.matcher.packets(fields, times, next, fields.length);
      }
      fields.forEach((each, i) => {
        oneByOne.matcher.packet(each, times[i]!);
      });
      const where = () => `round ${round}\n${JSON.stringify({ doors, options })}\n${history.join('\n')}`;
      assert.deepEqual(together.told, oneByOne.told, where());
      assert.equal(together.matcher.liveAttempts, oneByOne.matcher.liveAttempts, where());
      strangers += together.told.filter((line) => line.startsWith(`${STAGE} `)).length;
      together.told.length = 0;
      oneByOne.told.length = 0;
    }
    assert.deepEqual(
      together.matcher.newestAttempts(now | 0, 100),
      oneByOne.matcher.newestAttempts(now | 0, 100),
    );
  }
  assert.ok(strangers > 10 * ROUNDS, `only ${strangers} steps: the traffic tests too little`);
});

interface Telling {
  readonly matcher: Matcher;
  readonly bans: HandBans;
  /** Kind, door, stage, source, protocol and port of each event. */
  readonly told: string[];
}

function telling(doors: readonly KnockDoor[], options: MatcherOptions): Telling {
  const told: string[] = [];
  const matcher = new Matcher(doors, options, {
    matchEvent: (...event) => told.push(event.join(' ')),
  });
  matcher.setOwnAddresses(new AddressSet([parseIpAddress(OWN)!]));
  const bans = new HandBans(options.hashKey);
  matcher.setHandBans(bans);
  return { matcher, bans, told };
}

/** Mostly a first step, of one of many sources. */
function strangersPacket(
  doors: readonly KnockDoor[],
  sources: number,
  below: (n: number) => number,
): SlowPacket {
  const door = doors[below(doors.length)]!;
  const step = door.steps[below(2) * below(door.steps.length)]!;
  const toTarget = door.target === undefined ? below(12) === 0 : below(4) > 0;
  const isStray = below(6) === 0;
  return {
    source: below(6) === 0 ? `2001:db8:${below(9)}::${1 + below(3)}` : `192.0.2.${below(sources)}`,
    toOwn: !toTarget,
    target: toTarget ? (targetText(door) ?? TARGETS[below(2)]) : undefined,
    protocol: step.protocol,
    port: isStray ? 99 : step.port,
    flags: step.protocol === 'udp' ? 0 : [2, 2, 2, 2, 0x10][below(5)]!,
    mark: below(3),
  };
}

function randomDoor(i: number, below: (n: number) => number): KnockDoor {
  const length = 1 + below(5);
  const target = below(6) === 0 ? parseIpAddress(TARGETS[below(2)]!) : undefined;
  return {
    name: `door${i}`,
    steps: Array.from(
      { length },
      () => ({ port: 1 + below(4), protocol: below(4) === 0 ? 'udp' : 'tcp' }) as const,
    ),
    seqTimeoutMs: [1000, 1000, 5000][below(3)]!,
    tcpFlags: [
      { mask: 0, value: 0 },
      { mask: 2, value: 2 },
      { mask: 2, value: 2 },
    ][below(3)]!,
    target,
  };
}

function targetText(door: KnockDoor): string | undefined {
  return TARGETS.find((text) => parseIpAddress(text)!.w3 === door.target?.w3);
}

/** Mostly the next step of some door, else anything. */
function randomPacket(
  doors: readonly KnockDoor[],
  plans: Map<string, { door: number; at: number }>,
  below: (n: number) => number,
): SlowPacket {
  const source = ['192.0.2.1', '192.0.2.2', '2001:db8::7'][below(3)]!;
  let plan = plans.get(source);
  if (plan === undefined || below(12) === 0) {
    plan = { door: below(doors.length), at: 0 };
    plans.set(source, plan);
  }
  const door = doors[plan.door]!;
  let step = door.steps[plan.at % door.steps.length]!;
  const dice = below(20);
  if (dice < 12) plan.at++;
  else if (dice < 14) step = door.steps[(plan.at + 1) % door.steps.length]!;
  else if (dice < 16) step = door.steps[(plan.at + door.steps.length - 1) % door.steps.length]!;
  else if (dice < 18) step = { port: 1 + below(6), protocol: below(2) === 0 ? 'tcp' : 'udp' };
  const toTarget = below(8) === 0 || (door.target !== undefined && below(3) > 0);
  return {
    source,
    toOwn: !toTarget,
    target: toTarget ? (targetText(door) ?? TARGETS[below(2)]) : undefined,
    protocol: step.protocol,
    port: step.port,
    flags: step.protocol === 'udp' ? 0 : [2, 2, 2, 2, 0x10, 0x12][below(6)]!,
    mark: below(3),
  };
}

function fieldsOf(p: SlowPacket): PacketFields {
  const fields = new PacketFields();
  const source = parseIpAddress(p.source)!;
  const destination = parseIpAddress(p.toOwn ? OWN : p.target!)!;
  [fields.src0, fields.src1, fields.src2, fields.src3] = [source.w0, source.w1, source.w2, source.w3];
  [fields.dst0, fields.dst1, fields.dst2, fields.dst3] = [
    destination.w0,
    destination.w1,
    destination.w2,
    destination.w3,
  ];
  fields.protocol = p.protocol === 'tcp' ? TCP : UDP;
  fields.srcPort = 4000;
  fields.dstPort = p.port;
  fields.tcpFlags = p.flags;
  fields.tcpSeq = p.mark;
  return fields;
}
