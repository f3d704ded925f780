/** Faults of knockd 0.8 in what it takes for a knock, each beside Postern without it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { missingForDaemon } from '../netns/daemon-stage.ts';
import type { Packet } from '../netns/frame-sender.ts';
import { judged, knocks, opened, SSH, saysFault, startPair } from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

/** knockd loses an attempt now and then that its own rules let pass: it may show a fault in a later round only. */
const ROUNDS = 5;

interface Fault {
  readonly name: string;
  readonly doors?: string;
  /** What the knockers with addresses `a` and `b` send. */
  readonly packets: (a: string, b: string) => readonly Packet[];
  /** The doors that open, with whose. */
  readonly posternOpens: readonly string[];
  readonly knockdOpens: readonly string[];
  readonly fault: string;
  readonly posternSays?: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'one knocker who finishes costs no other one the attempt',
    packets: (a, b) => [
      ...[...knocks(a, [7000]), ...knocks(b, [7000])],
      ...[...knocks(a, [8000, 9000]), ...knocks(b, [8000, 9000])],
    ],
    posternOpens: ['ssh a', 'ssh b'],
    knockdOpens: ['ssh a'],
    fault: 'when a had finished, the attempt of b was forgotten',
  },
  {
    name: 'a port scan in order opens nothing',
    packets: (a) => knocks(a, portRange(6990, 9010)),
    posternOpens: [],
    knockdOpens: ['ssh a'],
    fault: 'a scan of 6990 to 9010 opened the door',
    posternSays: /^10\.9\.1\.1: scan: too many strays/m,
  },
  {
    name: 'the same knock seen twice costs nothing',
    packets: (a) => knocks(a, [7000, 7000, 8000, 8000, 9000, 9000]),
    posternOpens: ['ssh a'],
    knockdOpens: [],
    fault: 'each knock was seen twice, and the door stayed closed',
  },
  {
    name: 'two neighbouring knocks that arrive swapped cost nothing',
    packets: (a, b) => [...knocks(a, [7000, 9000, 8000]), ...knocks(b, [8000, 7000, 9000])],
    posternOpens: ['ssh a', 'ssh b'],
    knockdOpens: [],
    fault: 'swapped knocks opened nothing, neither the first two nor the last two',
  },
  {
    name: 'a half-done attempt on one door does not disturb another door',
    doors: `${SSH}[web]\nSequence = 2001,2002,2003\nTCPFlags = syn\nCommand = echo web %IP% @DONE\n`,
    packets: (a) => knocks(a, [7000, 2001, 2002, 2003, 8000, 9000]),
    posternOpens: ['ssh a', 'web a'],
    knockdOpens: [],
    fault: 'an attempt on one door blocked the start of another, and was lost itself',
  },
  {
    name: 'the packet that breaks an attempt can begin a new one',
    packets: (a) => knocks(a, [7000, 8000, 7000, 8000, 9000]),
    posternOpens: ['ssh a'],
    knockdOpens: [],
    fault: 'the first knock that broke an attempt began no new one',
  },
];

for (const each of FAULTS) {
  test(each.name, { skip }, async (t) => {
    const pair = await startPair(t, each.doors ?? SSH);
    const { scene, postern, original } = pair;
    const seen: string[] = [];
    const shows = () => seen.at(-1) === each.knockdOpens.join();
    for (let round = 1; round <= ROUNDS && !shows(); round += 1) {
      const [a, b] = [`10.9.${round}.1`, `10.9.${round}.2`];
      const named = (lines: readonly string[]) =>
        lines.flatMap((line) => {
          if (line.endsWith(` ${a}`)) return line.replace(a, 'a');
          return line.endsWith(` ${b}`) ? line.replace(b, 'b') : [];
        });
      await scene.sender.send(each.packets(a, b));
      await judged(pair);
      assert.deepEqual(named(opened(postern)).sort(), each.posternOpens, postern.running.output);
      await until(() => named(postern.done).length === each.posternOpens.length, { what: 'the commands' });
      if (each.posternSays) await postern.running.waitFor(each.posternSays);
      if (original === undefined) return;
      seen.push(named(opened(original)).join());
    }
    assert.ok(shows(), `knockd opened in each round: ${seen.join(' | ')}`);
    saysFault(t, each.fault);
  });
}

function portRange(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
