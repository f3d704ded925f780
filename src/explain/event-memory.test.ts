/** What really happens in the matcher, and what an explanation makes of it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ExplainBench } from '../../test/support/explain-bench.ts';
import { ack, address, after, door, type Knock, syn, syns, udp } from '../../test/support/knock-table.ts';
import { FOREVER_MS } from '../base/duration.ts';
import type { Decision } from '../grant/decision.ts';
import type { KnockDoor } from '../knock/knock-door.ts';
import type { MatcherOptions } from '../knock/matcher.ts';
import type { SourceFacts } from './source-facts.ts';

const A = '192.0.2.7';
const B = '192.0.2.8';
const A6 = '2001:db8::7';
const SSH = door('ssh', '7000,8000,9000');
const WEB = door('web', '7000,7500,9500');
const ABOUT = { door: 'ssh', source: A, atMs: 0 };
const COMPLETE = syns(A, 7000, 8000, 9000);

interface Given {
  readonly doors?: readonly KnockDoor[];
  readonly options?: Partial<MatcherOptions>;
  readonly knocks?: readonly Knock[];
  readonly waitMs?: number;
  readonly decisions?: readonly Decision[];
  readonly facts?: Partial<SourceFacts>;
  readonly source?: string;
}

/** `text`: a part of what is said to people. */
type Case = readonly [title: string, given: Given, cause: string, text: RegExp];

const OPENED: Decision = { ...ABOUT, kind: 'opened', reason: 'grant', endsMs: 0 };
const ENDED: Decision = {
  ...ABOUT,
  kind: 'command-ended',
  action: 'start',
  reason: 'failed-status',
  status: 3,
};

const CASES: readonly Case[] = [
  [
    'nothing came',
    { knocks: syns(B, 7000) },
    'never-seen',
    /no knock from 192\.0\.2\.7 was seen in the last 1 s/,
  ],
  ['only other ports came', { knocks: syns(A, 22, 80) }, 'never-seen', /no knock/],
  ['the first step never came', { knocks: syns(A, 8000, 9000) }, 'no-first-step', /later step/],
  [
    'the last step came first',
    { knocks: syns(A, 7000, 9000), waitMs: 200 },
    'out-of-order ssh',
    /step 3 came where step 2 of 3 was expected .* did not follow in time/,
  ],
  [
    'the last step came first, and swaps are not allowed',
    { knocks: syns(A, 7000, 9000), options: { reorderWindowMs: 0 } },
    'wrong-step ssh',
    /step 3 came where step 2 of 3/,
  ],
  [
    'the first step came again',
    { knocks: [...syns(A, 7000, 8000), syn(A, 7000), after(200, udp(B, 1))], waitMs: 0 },
    'in-progress ssh',
    /1 of 3 steps/,
  ],
  [
    'an earlier step came again',
    { doors: [door('ssh', '1,2,3,4')], knocks: syns(A, 1, 2, 3, 2) },
    'wrong-step ssh',
    /step 2 came where step 4 of 4/,
  ],
  [
    'a wrong port came',
    { knocks: syns(A, 7000, 8001), waitMs: 6000 },
    'strays ssh',
    /where step 2 was expected came tcp\/8001/,
  ],
  [
    'a wrong port came, and the rest',
    { knocks: syns(A, 7000, 8001, 9000), waitMs: 200 },
    'strays ssh',
    /came tcp\/8001/,
  ],
  [
    'a wrong port came just now',
    { knocks: [syn(A, 7000), syn(A, 8000), udp(A, 9000)] },
    'strays ssh',
    /where step 3 was expected came udp\/9000/,
  ],
  ['too slow', { knocks: syns(A, 7000, 8000), waitMs: 6000 }, 'timeout ssh', /2 of 3 steps came within 5 s/],
  [
    'too slow, found with the next knock',
    { knocks: [...syns(A, 7000, 8000), after(5001, syn(A, 9000))] },
    'timeout ssh',
    /2 of 3 steps/,
  ],
  ['on its way', { knocks: syns(A, 7000, 8000) }, 'in-progress ssh', /2 of 3 steps have come/],
  ['a packet came twice', { knocks: syns(A, 7000, 8000, 8000) }, 'in-progress ssh', /2 of 3/],
  ['a step came early', { knocks: syns(A, 7000, 9000) }, 'in-progress ssh', /1 of 3/],
  ['no SYN', { knocks: [ack(A, 7000)] }, 'wrong-flags ssh', /without the TCP flags/],
  [
    'no SYN on the way',
    { knocks: [syn(A, 7000), ack(A, 8000)], waitMs: 6000 },
    'wrong-flags ssh',
    /TCP flags/,
  ],
  [
    'another destination',
    { doors: [door('ssh', '7000,8000', { target: address('10.0.9.1') })], knocks: syns(A, 7000) },
    'target-mismatch ssh',
    /not the door's/,
  ],
  ['a scan', { knocks: [syn(A, 7000), ...strays(17)] }, 'scan ssh', /17 packets/],
  [
    'a scan of somebody who knocks on',
    { knocks: [syn(A, 7000), ...strays(17), syn(A, 8000)] },
    'scan ssh',
    /17 packets/,
  ],
  [
    'a scan that led to a ban',
    {
      knocks: [syn(A, 7000), ...strays(17), ...COMPLETE],
      options: { banTimeMs: 9000 },
      facts: { ban: { by: 'scan', endMs: wall(10_000) } },
    },
    'banned',
    /banned as a scanner for another 8 s/,
  ],
  [
    'a ban by hand',
    { facts: { ban: { by: 'hand', endMs: FOREVER_MS } } },
    'banned',
    /banned by hand until somebody lifts it/,
  ],
  ['IPv6 is not looked at', { source: A6, facts: { ignoresIpv6: true } }, 'other-family', /-4/],
  [
    'the door has nothing for the family',
    {
      knocks: COMPLETE,
      decisions: [{ ...ABOUT, kind: 'opened', reason: 'no-command' }],
      facts: { otherFamilyDoors: ['ssh'] },
    },
    'other-family ssh',
    /other address family/,
  ],
  [
    'the door has nothing at all',
    { knocks: COMPLETE, decisions: [{ ...ABOUT, kind: 'opened', reason: 'no-command' }] },
    'opens-nothing ssh',
    /nothing to run/,
  ],
  ['complete a moment ago', { knocks: COMPLETE }, 'opening ssh', /being opened/],
  [
    'open',
    { knocks: COMPLETE, decisions: [OPENED], facts: { grants: [{ door: 'ssh', endsMs: wall(31_030) }] } },
    'open ssh',
    /open to it for another 30 s/,
  ],
  [
    'open for ever',
    { facts: { grants: [{ door: 'ssh', endsMs: FOREVER_MS }] } },
    'open ssh',
    /until it is closed/,
  ],
  [
    'open, while another door with the same beginning timed out',
    {
      doors: [SSH, WEB],
      knocks: COMPLETE,
      decisions: [OPENED],
      waitMs: 6000,
      facts: { grants: [{ door: 'ssh', endsMs: FOREVER_MS }] },
    },
    'open ssh',
    /open/,
  ],
  [
    'its time ran out',
    {
      knocks: COMPLETE,
      decisions: [OPENED, { ...ABOUT, kind: 'closed', means: 'commands', reason: 'timeout' }],
    },
    'opened-and-expired ssh',
    /its time ran out just now/,
  ],
  [
    'closed as asked',
    {
      knocks: COMPLETE,
      decisions: [OPENED, { ...ABOUT, kind: 'closed', means: 'commands', reason: 'asked' }],
    },
    'closed ssh',
    /as somebody asked/,
  ],
  [
    'the start command failed',
    {
      knocks: COMPLETE,
      decisions: [
        ENDED,
        { ...ABOUT, kind: 'failed', reason: 'failed-status' },
        { ...ABOUT, kind: 'closed', means: 'commands', reason: 'start-failed' },
      ],
    },
    'command-failed ssh',
    /the start command ended with status 3/,
  ],
  [
    'the start command hung',
    {
      knocks: COMPLETE,
      decisions: [
        { ...ABOUT, kind: 'command-ended', action: 'start', reason: 'time-limit', limitMs: 30_000 },
      ],
    },
    'command-failed ssh',
    /killed after 30 s/,
  ],
  [
    'a start command that nothing undoes',
    { knocks: COMPLETE, decisions: [{ ...ABOUT, kind: 'opened', reason: 'command' }] },
    'command-ran ssh',
    /nothing closes/,
  ],
  [
    'refused',
    {
      knocks: COMPLETE,
      decisions: [{ ...ABOUT, kind: 'refused', reason: 'journal-failed', detail: 'ENOSPC' }],
    },
    'refused-journal-failed ssh',
    /nothing would close it after a crash: ENOSPC/,
  ],
  [
    'refused and tried again',
    {
      knocks: COMPLETE,
      decisions: [{ ...ABOUT, kind: 'refused', reason: 'door-off' }],
      waitMs: 1000,
      facts: {},
    },
    'refused-door-off ssh',
    /the door is off/,
  ],
  [
    'not allowed',
    { knocks: COMPLETE, decisions: [{ ...ABOUT, kind: 'refused', reason: 'not-allowed' }] },
    'not-allowed ssh',
    /'Allow_From' does not name/,
  ],
  [
    'the firewall failed',
    {
      knocks: COMPLETE,
      decisions: [
        { ...ABOUT, kind: 'failed', reason: 'firewall-failed', detail: 'no such table' },
        { ...ABOUT, kind: 'closed', means: 'ports', reason: 'start-failed' },
      ],
    },
    'firewall-failed ssh',
    /could not open it just now: no such table/,
  ],
  [
    'a closing door',
    { knocks: COMPLETE, decisions: [{ ...ABOUT, kind: 'opened', reason: 'closing-door' }] },
    'closed ssh',
    /the doors that it closes were closed/,
  ],
  [
    'another door came further',
    { doors: [SSH, WEB], knocks: syns(A, 7000, 7500), waitMs: 6000 },
    'timeout web',
    /2 of 3/,
  ],
];

describe('each cause is found from what the matcher tells', () => {
  for (const [title, given, cause, text] of CASES) {
    test(`${title}: ${cause}`, () => {
      const bench = new ExplainBench(given.doors ?? [SSH], given.options);
      bench.see(...(given.knocks ?? [])).decide(...(given.decisions ?? []));
      if (given.waitMs !== undefined) bench.wait(given.waitMs);
      const { verdict } = bench.explain(given.source ?? A, given.facts);
      assert.equal(
        verdict.door === null ? verdict.cause : `${verdict.cause} ${verdict.door}`,
        cause,
        verdict.text,
      );
      assert.match(verdict.text, text);
      assert.ok(verdict.next.length > 10);
    });
  }
});

test('a new try counts, not the one before it', () => {
  const bench = new ExplainBench([SSH]).see(...COMPLETE).decide(OPENED);
  bench.wait(30_000).decide({ ...ABOUT, kind: 'closed', means: 'commands', reason: 'timeout' });
  assert.equal(bench.cause(A), 'opened-and-expired ssh');
  bench.see(...syns(A, 7000, 8000)).wait(6000);
  assert.equal(bench.cause(A), 'timeout ssh');
  bench.see(...COMPLETE).decide(OPENED);
  assert.equal(bench.cause(A, { grants: [{ door: 'ssh', endsMs: FOREVER_MS }] }), 'open ssh');
});

test('of doors that begin alike it is the one that the last try came furthest at', () => {
  const long = door('long', '7000,8000,9000,9500');
  const bench = new ExplainBench([long, WEB]).see(...syns(A, 7000, 8000, 9000, 8000));
  assert.equal(bench.cause(A), 'wrong-step long');
  bench.see(after(200, syn(A, 7000)), syn(A, 7500)).wait(6000);
  assert.equal(bench.cause(A), 'timeout web');
});

test('what was long ago is no part of the last try', () => {
  const bench = new ExplainBench([SSH, door('mail', '1,2,3')]).see(...COMPLETE).decide(OPENED);
  bench.wait(600_000).see(syn(A, 1));
  assert.equal(bench.cause(A), 'in-progress mail');
});

test('events are told oldest first, on the wall clock, without the ports of steps', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 1234, 8000, 8000, 9000)).decide(OPENED);
  const { events, source } = bench.explain(A);
  assert.equal(source, A);
  const about = { source: A, count: 1 };
  const ssh = { ...about, door: 'ssh', steps: 3 };
  assert.deepEqual(events, [
    { kind: 'step', stage: 1, at: '2026-01-01T00:00:01.010Z', agoMs: 40, ...ssh },
    {
      kind: 'stray',
      strays: 1,
      at: '2026-01-01T00:00:01.020Z',
      agoMs: 30,
      ...about,
      packet: { protocol: 'tcp', port: 1234 },
    },
    { kind: 'step', stage: 2, at: '2026-01-01T00:00:01.030Z', agoMs: 20, ...ssh },
    { kind: 'duplicate', stage: 2, at: '2026-01-01T00:00:01.040Z', agoMs: 10, ...ssh },
    { kind: 'step', stage: 3, at: '2026-01-01T00:00:01.050Z', agoMs: 0, ...ssh },
    { kind: 'complete', at: '2026-01-01T00:00:01.050Z', agoMs: 0, ...ssh },
    {
      kind: 'decision',
      decision: 'opened',
      reason: 'grant',
      at: '2026-01-01T00:00:01.050Z',
      agoMs: 0,
      ...about,
      door: 'ssh',
      endsAt: '1970-01-01T00:00:00.000Z',
    },
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(events)), events);
});

test('with secrets the ports of steps are told', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 8000)).see(udp(A, 8000), syn(A, 8000));
  const packets = bench
    .explain(A, { showsSecrets: true })
    .events.map((event) => ('packet' in event ? event.packet.port : 0));
  assert.deepEqual(packets, [7000, 8000, 8000, 8000]);
});

test('a prefix is explained with all of its addresses, and no other', () => {
  const bench = new ExplainBench([SSH]).see(
    ...syns(A, 7000, 8000),
    ...syns(B, 7000),
    ...syns(A6, 7000),
    syn('192.0.3.1', 7000),
  );
  const sources = (of: string) => [...new Set(bench.explain(of).events.map(({ source }) => source))];
  assert.deepEqual(sources('192.0.2.0/24'), [A, B]);
  assert.deepEqual(sources('::/0'), [A6]);
  assert.deepEqual(sources('2001:db8::/64'), [A6]);
  assert.deepEqual(sources('0.0.0.0/0'), [A, B, '192.0.3.1']);
});

test('a decision about a prefix is found by each of its addresses', () => {
  const bench = new ExplainBench([SSH]).decide({ ...OPENED, source: '2001:db8::/64' });
  assert.equal(bench.explain(A6).events.length, 1);
  assert.equal(bench.explain('2001:db8:0:1::7').events.length, 0);
});

test('a flood of forged first knocks washes away no source that got further', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 8000), ...syns(B, 7000));
  for (let i = 0; i < 70_000; i++)
    bench.see(after(i % 1000 === 0 ? 1 : 0, syn(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 7000)));
  assert.equal(bench.cause(A), 'in-progress ssh');
  assert.equal(bench.explain(A).events.at(-1)?.kind, 'step');
  const { verdict, remembersSince } = bench.explain(B);
  assert.equal(verdict.cause, 'never-seen');
  assert.ok(Date.parse(remembersSince) > Date.parse('2026-01-01T00:00:01.000Z'), remembersSince);
});

test('what one source does washes away nothing of another that got as far', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 8000));
  for (let i = 0; i < 300; i++) bench.see(...syns(B, 7000, 8000, 7000).map((knock) => after(0, knock)));
  assert.deepEqual(
    bench.explain(A).events.map(({ kind }) => kind),
    ['step', 'step'],
  );
  assert.ok(bench.explain(B).events.length <= 40);
});

test('what comes again and again is counted', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 8000));
  for (let i = 0; i < 40_000; i++) bench.see(after(0, syn(A, 8000)));
  for (let i = 0; i < 50; i++) bench.decide({ ...ABOUT, kind: 'refused', reason: 'door-off' });
  const counts = bench.explain(A).events.map(({ kind, count }) => `${kind} ${count}`);
  assert.deepEqual(counts, ['step 1', 'step 1', 'duplicate 32768', 'decision 50']);
});

test('events keep the names of their doors through reloads of any number', () => {
  const bench = new ExplainBench([door('idle', '1,2'), WEB, SSH]).see(...syns(A, 7000, 8000), syn(B, 7000));
  for (let i = 0; i < 20; i++)
    bench.memory.setDoors(Array.from({ length: 1000 }, (_, n) => door(`d${i}-${n}`, '1,2')));
  bench.memory.setDoors([SSH, WEB]);
  assert.equal(bench.cause(A), 'in-progress ssh');
  const doors = bench.explain(B).events.map((event) => ('door' in event ? event.door : ''));
  assert.deepEqual(doors.toSorted(), ['ssh', 'web']);
});

test('a step that a changed sequence no longer has is another step', () => {
  const bench = new ExplainBench([SSH]).see(...syns(A, 7000, 8000));
  const [kind, door, stage] = [4, 0, 2] as const;
  bench.memory.record(kind, door, stage, ...words(A), 6, 5555);
  const event = bench.explain(A).events.at(-1);
  assert.equal(event?.kind === 'wrong-step' && event.came, null);
});

test('of very many events the newest are told', () => {
  const bench = new ExplainBench([SSH]);
  for (let i = 0; i < 250; i++) bench.see(syn(`10.0.0.${i}`, 7000));
  const { events, omitted } = bench.explain('10.0.0.0/8');
  assert.deepEqual([events.length, omitted, events.at(-1)?.source], [200, 50, '10.0.0.249']);
});

function strays(count: number): readonly Knock[] {
  return Array.from({ length: count }, (_, i) => after(1, syn(A, 20_000 + i)));
}

function words(text: string): readonly [number, number, number, number] {
  const { w0, w1, w2, w3 } = address(text);
  return [w0, w1, w2, w3];
}

/** The wall clock of a bench at this time of its own. */
function wall(nowMs: number): number {
  return Date.parse('2026-01-01T00:00:00Z') + nowMs;
}
