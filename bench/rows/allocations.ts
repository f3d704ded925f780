/** What the daemon allocates on its heap for a million packets of a flood: work for the collector later. */

import { fileURLToPath } from 'node:url';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { floodFor } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { untilIdle } from '../process-figures.ts';
import { type Findings, figure } from '../row.ts';
import { median } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { FIRST_KNOCKS, ONE_DOOR } from './doors.ts';

const ROUNDS = 5;
const SECONDS = 2;
/** A young generation that nothing of the bench fills; it says so if it was. */
const NODE = [
  ...['--min-semi-space-size=256', '--max-semi-space-size=256', '--trace-gc'],
  ...['--import', fileURLToPath(new URL('../heap-probe.js', import.meta.url))],
];
const COLLECTION = /(Scavenge|Mark-Compact)/g;

export async function allocations(yard: Yard, stage: Stage): Promise<Findings> {
  const daemon = await yard.postern(ONE_DOOR, { node: NODE });
  const perMillion: number[] = [];
  // The first round warms up: compiled code is allocated too, once.
  for (let round = 0; round <= ROUNDS; round++) {
    stage.tell(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
    await untilIdle(daemon.pid);
    const before = await heapOf(daemon);
    const { packets } = await floodFor(yard, FIRST_KNOCKS, SECONDS);
    await untilIdle(daemon.pid);
    const after = await heapOf(daemon);
    if (round > 0 && after.collections === before.collections) {
      perMillion.push(((after.bytes - before.bytes) / packets) * 1e6);
    }
  }
  await daemon.stop();
  if (perMillion.length === 0) throw new Error('the heap was collected within every round');
  return {
    method: `${perMillion.length} rounds of ${SECONDS} s at full speed after one to warm up; the heap is read from within the daemon, with a young generation that is never full`,
    figures: [
      figure('allocated for 1,000,000 packets, median', median(perMillion) / 1024, 'KB'),
      figure('the same, most', Math.max(...perMillion) / 1024, 'KB'),
    ],
    bars: [],
  };
}

async function heapOf(daemon: Running): Promise<{ readonly bytes: number; readonly collections: number }> {
  const count = () => [...daemon.stdout.matchAll(/^heap (\d+)$/gm)];
  const seen = count().length;
  daemon.kill('SIGPWR');
  await until(() => count().length > seen, { what: 'the daemon to tell its heap' });
  const bytes = Number(count().at(-1)?.[1]);
  return { bytes, collections: daemon.stdout.match(COLLECTION)?.length ?? 0 };
}
