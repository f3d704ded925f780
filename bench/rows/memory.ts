/** P5: memory, idle and round after round of a flood from a million sources. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../plan.ts';
import { residentMb, untilIdle } from '../process-figures.ts';
import { atMost, curve, type Findings, figure } from '../row.ts';
import { median } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { FIRST_KNOCKS, ONE_DOOR } from './doors.ts';

const SOURCES = 1_000_000;
const ROUNDS = 10;
/** A daemon gives memory back after 20 s. */
const START_OVER_MS = 25_000;
/** Each loop has a packet of every source. */
const FULL_LOOPS = 10;
const SHORT_LOOPS = 1;
/** What the collector may happen to hold at one look and not at another. */
const NOISE_MB = 1;

export async function memory(yard: Yard, stage: Stage): Promise<Findings> {
  const floor = await bareNode(yard);
  const daemon = await yard.postern(ONE_DOOR);
  stage.tell('until the daemon has given back what its start needed');
  await delay(START_OVER_MS);
  await untilIdle(daemon.pid);
  const idle = residentMb(daemon.pid);
  const after: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const loops = round === 1 || stage.full ? FULL_LOOPS : SHORT_LOOPS;
    stage.tell(`round ${round} of ${ROUNDS}: ${loops} million packets`);
    await yard.send({ ...FIRST_KNOCKS, sources: SOURCES }, { packets: loops * SOURCES });
    await untilIdle(daemon.pid);
    after.push(residentMb(daemon.pid));
  }
  await daemon.stop();
  const [first = Number.NaN, second = Number.NaN] = after;
  const last = after.at(-1) ?? Number.NaN;
  // Of three rounds each: at a single look the collector may hold a megabyte more or less.
  const growth = median(after.slice(-3)) - median(after.slice(1, 4));
  return {
    method: stage.full
      ? `${ROUNDS} rounds of ${FULL_LOOPS} million packets from ${SOURCES} sources`
      : `one round of ${FULL_LOOPS} million packets from ${SOURCES} sources, then ${ROUNDS - 1} shortened to ${SHORT_LOOPS} million (whole with --full)`,
    figures: [
      figure('a Node that does nothing', floor, 'MB'),
      figure('idle', idle, 'MB'),
      figure('after the first round', first, 'MB'),
      figure('after the second round', second, 'MB'),
      figure(`after round ${ROUNDS}`, last, 'MB'),
    ],
    bars: [
      atMost('MB more than idle after 10 million packets', first - idle, 32),
      atMost('MB more than idle in the end', last - idle, 32),
      atMost(`MB more in rounds ${ROUNDS - 2} to ${ROUNDS} than in rounds 2 to 4`, growth, NOISE_MB),
    ],
    curves: [curve('memory', 'MB', 'rounds', new Map(after.map((mb, round) => [round + 1, mb])))],
  };
}

/** What the runtime takes before Postern has a line. */
async function bareNode(yard: Yard): Promise<number> {
  const code = "setInterval(() => undefined, 60_000); console.log('up')";
  const node = yard.onDaemonCore([process.execPath], ['-e', code]);
  await node.waitFor('up');
  await untilIdle(node.pid);
  const mb = residentMb(node.pid);
  await node.stop();
  return mb;
}
