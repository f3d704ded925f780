/** The rules of docs/knocking.md, from the next step to the destination, as tables of knocks and what they open. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ack,
  address,
  after,
  door,
  type Knock,
  KnockTable,
  openedBy,
  syn,
  syns,
  udp,
} from '../../test/support/knock-table.ts';
import type { KnockDoor } from './knock-door.ts';
import { MATCH_EVENT_NAMES, type MatchSink } from './match-event.ts';
import type { MatcherOptions } from './matcher.ts';

const A = '192.0.2.7';
const B = '192.0.2.8';
const A6 = '2001:db8::7';
const SSH = door('ssh', '7000,8000,9000');
const WEB = door('web', '7000,7500,9500');
const SSH_OPEN = [`ssh ${A}`];

interface Case {
  readonly name: string;
  readonly doors?: readonly KnockDoor[];
  readonly knocks: readonly Knock[];
  readonly options?: Partial<MatcherOptions>;
  readonly opens: readonly string[];
}

const SINGLE_SYNS = { mask: 2, value: 2 };
const ANY_FLAGS = { mask: 0, value: 0 };

const STEPS: readonly Case[] = [
  { name: 'all steps in order open', knocks: syns(A, 7000, 8000, 9000), opens: SSH_OPEN },
  { name: 'all but the last step open nothing', knocks: syns(A, 7000, 8000), opens: [] },
  { name: 'the last step alone opens nothing', knocks: syns(A, 9000), opens: [] },
  { name: 'the steps backwards open nothing', knocks: syns(A, 9000, 8000, 7000), opens: [] },
  {
    name: 'the sequence twice opens twice',
    knocks: [...syns(A, 7000, 8000, 9000), ...syns(A, 7000, 8000, 9000)],
    opens: [...SSH_OPEN, ...SSH_OPEN],
  },
  {
    name: 'the last step again opens nothing more',
    knocks: syns(A, 7000, 8000, 9000, 9000),
    opens: SSH_OPEN,
  },
  {
    name: 'a door with one step opens at once',
    doors: [door('one', '7000')],
    knocks: syns(A, 7000),
    opens: [`one ${A}`],
  },
  {
    name: 'a door without steps is off',
    doors: [{ ...SSH, steps: [] }],
    knocks: syns(A, 7000, 8000, 9000),
    opens: [],
  },
  {
    name: 'tcp and udp steps are told apart',
    doors: [door('mixed', '7000,7000:udp,8000')],
    knocks: [syn(A, 7000), udp(A, 7000), syn(A, 8000)],
    opens: [`mixed ${A}`],
  },
  {
    name: 'udp to a tcp step does not count',
    knocks: [syn(A, 7000), udp(A, 8000), syn(A, 9000)],
    opens: [],
  },
  { name: 'an ipv6 source opens', knocks: syns(A6, 7000, 8000, 9000), opens: [`ssh ${A6}`] },
  {
    name: '32 steps open',
    doors: [door('long', range(7000, 32).join())],
    knocks: syns(A, ...range(7000, 32)),
    opens: [`long ${A}`],
  },
];

const SEVERAL: readonly Case[] = [
  {
    name: 'two knockers, one finishing first, both open',
    knocks: [...[syn(A, 7000), syn(B, 7000), syn(A, 8000)], ...[syn(A, 9000), syn(B, 8000), syn(B, 9000)]],
    opens: [`ssh ${A}`, `ssh ${B}`],
  },
  {
    name: 'the steps of one door shared by two sources open nothing',
    knocks: [syn(A, 7000), syn(B, 8000), syn(A, 9000)],
    opens: [],
  },
  {
    name: 'ten knockers in turns all open',
    knocks: [7000, 8000, 9000].flatMap((port) => range(1, 10).map((i) => syn(`192.0.2.${i}`, port))),
    opens: range(1, 10).map((i) => `ssh 192.0.2.${i}`),
  },
  {
    name: 'a half-done attempt on one door does not block another from the same source',
    doors: [SSH, door('ftp', '1000,2000,3000')],
    knocks: syns(A, 7000, 8000, 1000, 2000, 3000, 9000),
    opens: [`ftp ${A}`, `ssh ${A}`],
  },
  {
    name: 'two doors with the same first step open one after the other',
    doors: [SSH, WEB],
    knocks: syns(A, 7000, 8000, 9000, 7000, 7500, 9500),
    opens: [`ssh ${A}`, `web ${A}`],
  },
  {
    name: 'two doors with the same first step open in one breath',
    doors: [SSH, WEB],
    knocks: syns(A, 7000, 8000, 7500, 9000, 9500),
    opens: [`ssh ${A}`, `web ${A}`],
  },
  {
    name: 'a wrong step of one door does not end the attempt on another',
    doors: [SSH, WEB],
    knocks: syns(A, 7000, 8000, 9500, 9000),
    opens: [`ssh ${A}`],
  },
  {
    name: 'a door whose sequence is the beginning of another opens on the way',
    doors: [SSH, door('short', '7000,8000')],
    knocks: syns(A, 7000, 8000, 9000),
    opens: [`short ${A}`, `ssh ${A}`],
  },
  {
    name: 'the same sequence opens both of its doors',
    doors: [SSH, door('twin', '7000,8000,9000')],
    knocks: syns(A, 7000, 8000, 9000),
    opens: [`ssh ${A}`, `twin ${A}`],
  },
];

const TIME: readonly Case[] = [
  {
    name: 'a sequence within the time opens',
    knocks: [syn(A, 7000), after(2500, syn(A, 8000)), after(2500, syn(A, 9000))],
    opens: SSH_OPEN,
  },
  {
    name: 'a sequence one millisecond over the time opens nothing',
    knocks: [syn(A, 7000), after(2500, syn(A, 8000)), after(2501, syn(A, 9000))],
    opens: [],
  },
  {
    name: 'a second step after the time opens nothing',
    knocks: [syn(A, 7000), after(5001, syn(A, 8000)), syn(A, 9000)],
    opens: [],
  },
  {
    name: 'a first step after the time starts anew',
    knocks: [syn(A, 7000), after(4000, syn(A, 8000)), after(1001, syn(A, 7000)), ...syns(A, 8000, 9000)],
    opens: SSH_OPEN,
  },
  {
    name: 'a repeated first step does not prolong the time',
    knocks: [syn(A, 7000), after(4900, syn(A, 7000)), after(200, syn(A, 8000)), syn(A, 9000)],
    opens: [],
  },
  {
    name: 'each door has its own time',
    doors: [{ ...SSH, seqTimeoutMs: 100 }, door('slow', '7000,7500', { seqTimeoutMs: 9000 })],
    knocks: [syn(A, 7000), after(101, syn(A, 8000)), syn(A, 7500), syn(A, 9000)],
    opens: [`slow ${A}`],
  },
];

const again = door('again', '7000,7000,8000');
const DUPLICATES: readonly Case[] = [
  {
    name: 'each knock sent twice opens once',
    knocks: syns(A, 7000, 7000, 8000, 8000, 9000, 9000),
    opens: SSH_OPEN,
  },
  {
    name: 'each knock sent five times opens once',
    knocks: [7000, 8000, 9000].flatMap((port) => syns(A, port, port, port, port, port)),
    opens: SSH_OPEN,
  },
  {
    name: 'a retransmission is not the same step again',
    doors: [again],
    knocks: [syn(A, 7000, { seq: 5 }), syn(A, 7000, { seq: 5 }), syn(A, 8000)],
    opens: [],
  },
  {
    name: 'a new connection is the same step again',
    doors: [again],
    knocks: [syn(A, 7000, { seq: 5 }), syn(A, 7000, { seq: 6 }), syn(A, 8000)],
    opens: [`again ${A}`],
  },
  {
    name: 'another source port with the same sequence number is the same step again',
    doors: [again],
    knocks: [syn(A, 7000), syn(A, 7000, { srcPort: 40_001 }), syn(A, 8000)],
    opens: [`again ${A}`],
  },
  {
    name: 'a retransmission between the two is harmless',
    doors: [again],
    knocks: [
      ...[syn(A, 7000, { seq: 5 }), syn(A, 7000, { seq: 5 })],
      ...[syn(A, 7000, { seq: 6 }), syn(A, 7000, { seq: 6 }), syn(A, 8000)],
    ],
    opens: [`again ${A}`],
  },
  {
    name: 'a retransmission of a later step that the sequence repeats does not count',
    doors: [door('late', '6000,7000,7000')],
    knocks: [syn(A, 6000), syn(A, 7000, { seq: 5 }), syn(A, 7000, { seq: 5 })],
    opens: [],
  },
  {
    name: 'a second datagram is always the same step again',
    doors: [door('again', '7000:udp,7000:udp,8000')],
    knocks: [udp(A, 7000), udp(A, 7000), syn(A, 8000)],
    opens: [`again ${A}`],
  },
];

const SWAPS: readonly Case[] = [
  { name: 'the last two swapped open', knocks: syns(A, 7000, 9000, 8000), opens: SSH_OPEN },
  { name: 'the first two swapped open', knocks: syns(A, 8000, 7000, 9000), opens: SSH_OPEN },
  {
    name: 'the first two swapped open a door of two steps',
    doors: [door('pair', '7000,8000')],
    knocks: syns(A, 8000, 7000),
    opens: [`pair ${A}`],
  },
  {
    name: 'the first two swapped serve both doors that begin so',
    doors: [SSH, door('pair', '7000,8000')],
    knocks: syns(A, 8000, 7000, 9000),
    opens: [`pair ${A}`, `ssh ${A}`],
  },
  {
    name: 'a swap within the window opens',
    knocks: [syn(A, 7000), syn(A, 9000), after(100, syn(A, 8000))],
    opens: SSH_OPEN,
  },
  {
    name: 'a swap outside the window opens nothing',
    knocks: [syn(A, 7000), syn(A, 9000), after(101, syn(A, 8000))],
    opens: [],
  },
  {
    name: 'a swap of the first two outside the window leaves the second step to be made again',
    knocks: [syn(A, 8000), after(101, syn(A, 7000)), syn(A, 9000)],
    opens: [],
  },
  {
    name: 'an early knock is used once',
    knocks: [...syns(A, 8000, 7000, 9000), ...syns(A, 7000, 9000)],
    opens: SSH_OPEN,
  },
  {
    name: 'a window of 0 turns swaps off',
    knocks: syns(A, 7000, 9000, 8000),
    options: { reorderWindowMs: 0 },
    opens: [],
  },
  {
    name: 'a window of 0 turns swaps of the first two off',
    knocks: syns(A, 8000, 7000, 9000),
    options: { reorderWindowMs: 0 },
    opens: [],
  },
  {
    name: 'an early knock of one source is not another one’s',
    knocks: [syn(B, 8000), syn(A, 7000), syn(A, 9000)],
    opens: [],
  },
  {
    name: 'two steps too early is a wrong step',
    doors: [door('four', '7000,7500,8000,9000')],
    knocks: syns(A, 7000, 9000, 7500, 8000, 9000),
    opens: [],
  },
];

const WRONG: readonly Case[] = [
  {
    name: 'another step of the door ends the attempt',
    doors: [door('four', '7000,8000,9000,9500')],
    knocks: syns(A, 7000, 8000, 9000, 8000, 7000, 9500),
    opens: [],
  },
  {
    name: 'the first step ends the attempt and starts a new one',
    knocks: syns(A, 7000, 8000, 7000, 8000, 9000),
    opens: SSH_OPEN,
  },
  {
    name: 'the first step in place of the last does not count as both',
    knocks: syns(A, 7000, 8000, 7000, 9000),
    opens: [],
    options: { reorderWindowMs: 0 },
  },
  {
    name: 'a port of no door between the steps does no harm',
    knocks: syns(A, 7000, 1234, 8000, 1235, 9000),
    opens: SSH_OPEN,
  },
];

const FLAGS: readonly Case[] = [
  {
    name: 'packets without the flags are ignored',
    knocks: [syn(A, 7000), ack(A, 9000), ack(A, 7000), syn(A, 8000), ack(A, 8000), syn(A, 9000)],
    opens: SSH_OPEN,
  },
  {
    name: 'packets without the flags do not count',
    knocks: [...syns(A, 7000, 8000), ack(A, 9000)],
    opens: [],
  },
  {
    name: 'a door for fin without ack takes just that',
    doors: [{ ...SSH, tcpFlags: { mask: 0x11, value: 0x01 } }],
    knocks: [
      ...[syn(A, 7000, { flags: 0x01 }), syn(A, 8000, { flags: 0x11 }), syn(A, 8000, { flags: 0x01 })],
      syn(A, 9000, { flags: 0x03 }),
    ],
    opens: SSH_OPEN,
  },
  {
    name: 'a door for no flags takes any',
    doors: [{ ...SSH, tcpFlags: ANY_FLAGS }],
    knocks: [ack(A, 7000), syn(A, 8000), syn(A, 9000, { flags: 0 })],
    opens: SSH_OPEN,
  },
  {
    name: 'doors that differ in flags alone each see their own packets',
    doors: [
      { ...SSH, tcpFlags: SINGLE_SYNS },
      { ...SSH, name: 'acks', tcpFlags: { mask: 0x10, value: 0x10 } },
    ],
    knocks: [7000, 8000, 9000].flatMap((port) => [syn(A, port), ack(B, port)]),
    opens: [`ssh ${A}`, `acks ${B}`],
  },
  {
    name: 'an early knock without the flags is no second step',
    knocks: [ack(A, 8000), syn(A, 7000), syn(A, 9000)],
    opens: [],
  },
];

const ELSEWHERE = '10.0.9.1';
const there = (port: number) => syn(A, port, { destination: ELSEWHERE });
const TARGETED: readonly Case[] = [
  { name: 'packets to other hosts are not looked at', knocks: [7000, 8000, 9000].map(there), opens: [] },
  {
    name: 'a target is looked at instead of the own addresses',
    doors: [{ ...SSH, target: address(ELSEWHERE) }],
    knocks: [7000, 8000, 9000].map(there),
    opens: SSH_OPEN,
  },
  {
    name: 'the own address is not the target',
    doors: [{ ...SSH, target: address(ELSEWHERE) }],
    knocks: syns(A, 7000, 8000, 9000),
    opens: [],
  },
  {
    name: 'a step to another destination does not count',
    doors: [{ ...SSH, target: address(ELSEWHERE) }, WEB],
    knocks: [there(7000), syn(A, 8000), there(9000)],
    opens: [],
  },
  {
    name: 'a step to another destination does not end the attempt',
    doors: [{ ...SSH, target: address(ELSEWHERE) }, WEB],
    knocks: [there(7000), there(8000), syn(A, 7000), there(9000)],
    opens: SSH_OPEN,
  },
];

const RULES: readonly (readonly [rule: string, cases: readonly Case[]])[] = [
  ['the next step advances', STEPS],
  ['attempts do not disturb each other', SEVERAL],
  ['the whole sequence has its time', TIME],
  ['duplicates are harmless', DUPLICATES],
  ['neighbours may be swapped', SWAPS],
  ['a wrong step ends the attempt', WRONG],
  ['only packets with the flags of the door count', FLAGS],
  ['only packets to the destination of the door count', TARGETED],
];

for (const [rule, cases] of RULES) {
  describe(rule, () => {
    for (const { name, doors = [SSH], knocks, options, opens } of cases) {
      test(name, () => assert.deepEqual([...openedBy(doors, knocks, options)].sort(), [...opens].sort()));
    }
  });
}

test('the clock may pass the limit of 32 bits between two steps', () => {
  for (const limit of [2 ** 31, 2 ** 32]) {
    const table = new KnockTable([SSH], {}, limit - 15);
    table.see(...syns(A, 7000, 8000, 9000));
    assert.deepEqual(table.openings, SSH_OPEN);
    assert.deepEqual(table.see(syn(A, 7000)), ['ssh stage 1']);
    assert.deepEqual(table.wait(5000), []);
    assert.deepEqual(table.wait(1), ['ssh timeout 1']);
  }
});

test('an attempt over the limit of 32 bits still ends when its time is up', () => {
  const table = new KnockTable([SSH], {}, 2 ** 31 - 1000);
  table.see(syn(A, 7000));
  assert.deepEqual(table.see(after(5001, syn(A, 8000))), ['ssh timeout 1']);
});

test('each step and what became of it is told', () => {
  const table = new KnockTable([SSH]);
  assert.deepEqual(table.see(syn(A, 7000)), ['ssh stage 1']);
  assert.deepEqual(table.see(syn(A, 7000)), ['ssh duplicate']);
  assert.deepEqual(table.see(syn(A, 9000)), ['ssh held']);
  assert.deepEqual(table.see(syn(A, 8000)), ['ssh stage 2', 'ssh stage 3', 'ssh opened']);
  assert.deepEqual(table.see(ack(A, 7000)), ['ssh other TCP flags']);
  assert.deepEqual(table.see(...syns(A, 7000, 8000, 7000)), [
    ...['ssh stage 1', 'ssh stage 2', 'ssh wrong step 2', 'ssh stage 1'],
  ]);
});

test('a knock at another destination than the door has is told apart from other flags', () => {
  const far = door('far', '7000,8000', { target: address('10.0.9.1') });
  const near = door('near', '7000,8000');
  assert.deepEqual(new KnockTable([far]).see(syn(A, 7000)), ['far other destination']);
  assert.deepEqual(new KnockTable([far, near]).see(syn(A, 7000)), ['far other destination', 'near stage 1']);
  assert.deepEqual(new KnockTable([far, near]).see(ack(A, 7000)), [
    'far other TCP flags',
    'near other TCP flags',
  ]);
});

test('a later step of a source without an attempt is told, one of a connection is not', () => {
  const table = new KnockTable([SSH]);
  assert.deepEqual(table.see(ack(A, 8000), syn(A, 8000)), [`${A} later step without the first`]);
  assert.deepEqual(table.see(syn(A, 7000)), ['ssh stage 1', 'ssh stage 2']);
  assert.deepEqual(table.see(syn(A, 9000)), ['ssh stage 3', 'ssh opened']);
  assert.deepEqual(table.see(udp(A, 8000)), []);
});

test('events carry the port of the packet, those that time causes none', () => {
  const seen: string[] = [];
  const sink: MatchSink = {
    matchEvent: (kind, _door, _stage, _w0, _w1, _w2, _w3, protocol, port) =>
      seen.push(`${MATCH_EVENT_NAMES[kind]} ${protocol}/${port}`),
  };
  const table = new KnockTable([SSH], {}, 1000, sink);
  table.see(syn(A, 7000), udp(A, 1234), syn(A, 9000));
  assert.deepEqual(seen.splice(0), ['stage 6/7000', 'stray 17/1234', 'held 6/9000']);
  table.see(after(200, syn(A, 8000)));
  assert.deepEqual(seen.splice(0), ['wrong step 0/0']);
  table.see(syn(A, 8000));
  assert.deepEqual(seen.splice(0), ['later step without the first 6/8000']);
  table.see(after(200, syn(A, 7000)));
  table.wait(5001);
  assert.deepEqual(seen.splice(0), ['stage 6/7000', 'timeout 0/0']);
  table.see(syn(A, 7000), after(5001, syn(A, 8000)));
  assert.deepEqual(seen.splice(0), ['stage 6/7000', 'timeout 0/0']);
});

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
