/** Faults of knockd 0.8 in what it takes for a knock, each beside Postern without it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { missingForDaemon } from '../netns/daemon-stage.ts';
import type { Packet } from '../netns/frame-sender.ts';
import { judged, knockdOpens, knocks, posternOpens, SSH, startPair } from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const A = '10.9.1.1';
const B = '10.9.1.2';

interface Fault {
  readonly name: string;
  readonly doors?: string;
  readonly packets: readonly Packet[];
  readonly posternOpens: readonly string[];
  readonly knockdOpens: readonly string[];
  readonly fault: string;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'one knocker who finishes costs no other one the attempt',
    packets: [
      ...[...knocks(A, [7000]), ...knocks(B, [7000])],
      ...[...knocks(A, [8000, 9000]), ...knocks(B, [8000, 9000])],
    ],
    posternOpens: [`ssh ${A}`, `ssh ${B}`],
    knockdOpens: [`ssh ${A}`],
    fault: 'when A had finished, the attempt of B was forgotten',
  },
  {
    name: 'a port scan in order opens nothing',
    packets: knocks(
      A,
      Array.from({ length: 2021 }, (_, at) => 6990 + at),
    ),
    posternOpens: [],
    knockdOpens: [`ssh ${A}`],
    fault: 'a scan of 6990 to 9010 opened the door',
  },
  {
    name: 'the same knock seen twice costs nothing',
    packets: knocks(A, [7000, 7000, 8000, 8000, 9000, 9000]),
    posternOpens: [`ssh ${A}`],
    knockdOpens: [],
    fault: 'each knock was seen twice, and the door stayed closed',
  },
  {
    name: 'two neighbouring knocks that arrive swapped cost nothing',
    packets: [...knocks(A, [7000, 9000, 8000]), ...knocks(B, [8000, 7000, 9000])],
    posternOpens: [`ssh ${A}`, `ssh ${B}`],
    knockdOpens: [],
    fault: 'swapped knocks opened nothing, neither first nor last',
  },
  {
    name: 'a half-done attempt on one door does not disturb another door',
    doors: `${SSH}[web]\nSequence = 2001,2002,2003\nTCPFlags = syn\nCommand = echo web %IP% @DONE\n`,
    packets: knocks(A, [7000, 2001, 2002, 2003, 8000, 9000]),
    posternOpens: [`ssh ${A}`, `web ${A}`],
    knockdOpens: [],
    fault: 'an attempt on one door blocked the start of another, and was lost itself',
  },
  {
    name: 'the packet that breaks an attempt can begin a new one',
    packets: knocks(A, [7000, 8000, 7000, 8000, 9000]),
    posternOpens: [`ssh ${A}`],
    knockdOpens: [],
    fault: 'the first knock that broke an attempt began no new one',
  },
];

for (const each of FAULTS) {
  test(each.name, { skip }, async (t) => {
    const pair = await startPair(t, each.doors ?? SSH);
    await pair.scene.sender.send(each.packets);
    await judged(pair);
    await posternOpens(pair, each.posternOpens);
    knockdOpens(t, pair, each.knockdOpens, each.fault);
    if (each.posternOpens.length === 0) {
      assert.match(pair.postern.running.output, /10\.9\.1\.1: scan: too many strays/);
    }
  });
}
