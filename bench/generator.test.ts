/** The generator on a real wire, with tcpdump on the other side. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../lab/enter.ts';
import type { Running } from '../lab/running.ts';
import { writeCapture } from './capture-file.ts';
import { type Goal, sourceText, synFrame } from './flood-frame.ts';
import { missing, TCPDUMP } from './programs.ts';
import { Yard } from './yard.ts';

const skip = (await enterLab()) ?? missing(TCPDUMP);

/** More than one call sends, and no multiple of it. */
const PACKETS = 150;

test('a flood takes its sources and its ports in turn, with checksums of IP that are right', {
  skip,
}, async (t) => {
  const yard = yardFor(t);
  const dump = await listening(yard, PACKETS);
  const wish = { sources: 100, firstSource: 7, ports: [7001, 8002, 9003] };
  const { packets } = await yard.send(wish, { packets: PACKETS });
  assert.equal(packets, PACKETS);
  await dump.ended;
  assert.doesNotMatch(dump.output, /bad cksum/);
  const expected = Array.from({ length: PACKETS }, (_, i) => {
    const source = 7 + (i % 100);
    return `${sourceText(yard.goal, source)}.${1024 + source} > 10.9.0.1.${[7001, 8002, 9003][i % 3]}`;
  });
  assert.deepEqual(syns(dump), expected);
});

test('a flood goes on until it is ended, and counts what the wire got', { skip }, async (t) => {
  const yard = yardFor(t);
  const flood = await yard.flood({ sources: 1000, ports: [7001] });
  const sent = flood.sent();
  const { packets, perSecond } = await flood.end();
  // The wire has some of neighbour discovery, too.
  assert.ok(sent > 0 && packets >= sent - 100, `${packets} said, ${sent} seen`);
  assert.ok(perSecond > 0);
});

test('the frames of a file come in turn, at no more than the rate', { skip }, async (t) => {
  const yard = yardFor(t);
  const dump = await listening(yard, PACKETS);
  const file = yard.path('three.pcap');
  const goal: Goal = yard.goal;
  writeCapture(
    file,
    [5, 6, 7].map((source) => ({ timeMs: 0, frame: synFrame(goal, source, 7001) })),
  );
  const { packets, perSecond } = await yard.send({ file }, { packets: PACKETS, perSecond: 1000 });
  assert.equal(packets, PACKETS);
  assert.ok(perSecond <= 1001, `${perSecond} packets/s`);
  await dump.ended;
  const sources = syns(dump).map((line) => line.split(' ')[0]);
  assert.deepEqual(
    sources,
    Array.from({ length: PACKETS }, (_, i) => `${sourceText(goal, 5 + (i % 3))}.${1029 + (i % 3)}`),
  );
});

test('a generator that cannot send says why', { skip }, async (t) => {
  const yard = yardFor(t);
  yard.sender.ip('link', 'set', 'eth0', 'down');
  await assert.rejects(yard.send({ sources: 1, ports: [1] }, { packets: 1 }), /ENETDOWN/);
});

function yardFor(t: TestContext): Yard {
  const yard = new Yard();
  t.after(() => yard.close());
  return yard;
}

async function listening(yard: Yard, packets: number): Promise<Running> {
  const args = ['-i', 'eth0', '-Z', 'root', '-nn', '-t', '-v', '-c', `${packets}`, 'tcp'];
  const dump = yard.server.spawn('tcpdump', args);
  await dump.waitFor('listening on');
  return dump;
}

/** `11.0.0.7.1031 > 10.9.0.1.7001`, in the order of their coming. */
function syns({ stdout }: Running): readonly string[] {
  return [...stdout.matchAll(/([\d.]+ > [\d.]+): Flags \[S\]/g)].map(([, ends = '']) => ends);
}
