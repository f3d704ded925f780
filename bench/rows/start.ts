/** P6: how long the daemon takes to start, and the memory it has then, by the number of doors. */

import { inTurn } from '../in-turn.ts';
import type { Stage } from '../plan.ts';
import { residentMb } from '../process-figures.ts';
import { KNOCKD, missing } from '../programs.ts';
import { atMost, curve, type Findings, figure } from '../row.ts';
import { counted } from '../row-text.ts';
import { median } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { doors } from './doors.ts';

const ROUNDS = 5;
const SIZES = [1, 100, 10_000] as const;
/** knockd needs 5 s and 0.9 GB for 500 doors, and more than 7 GB for 2,000. */
const KNOCKD_DOORS = 200;

interface Start {
  readonly ms: number;
  readonly mb: number;
}

export async function start(yard: Yard, stage: Stage): Promise<Findings> {
  const starts = await inTurn(ROUNDS, SIZES, (count, round) => {
    stage.tell(`round ${round} of ${ROUNDS}: ${count} doors`);
    return startWith(yard, count, 'postern');
  });
  const ms = (count: (typeof SIZES)[number]) => median((starts.get(count) ?? []).map((each) => each.ms));
  const mb = (count: (typeof SIZES)[number]) => median((starts.get(count) ?? []).map((each) => each.mb));
  const absent = missing(KNOCKD);
  const original = absent === undefined ? await startWith(yard, KNOCKD_DOORS, 'original') : undefined;
  const theirs =
    original === undefined
      ? []
      : [
          figure(`knockd, ${KNOCKD_DOORS} doors`, original.ms, 'ms'),
          figure(`knockd, ${KNOCKD_DOORS} doors, memory`, original.mb, 'MB'),
        ];
  return {
    method: `${ROUNDS} rounds, all in turn${absent === undefined ? '; knockd once' : ''}`,
    figures: [
      ...SIZES.map((count) => figure(`postern, ${counted(count, 'door')}`, ms(count), 'ms')),
      ...SIZES.map((count) => figure(`postern, ${counted(count, 'door')}, memory`, mb(count), 'MB')),
      ...theirs,
    ],
    bars: [
      atMost('10,000 doors: seconds more than 1 door', (ms(10_000) - ms(1)) / 1000, 1),
      atMost('10,000 doors: MB more than 1 door', mb(10_000) - mb(1), 64),
    ],
    curves: [
      curve('time to start', 'ms', 'doors', new Map(SIZES.map((count) => [count, ms(count)]))),
      curve('memory after the start', 'MB', 'doors', new Map(SIZES.map((count) => [count, mb(count)]))),
    ],
    notes: absent === undefined ? [] : [absent],
  };
}

async function startWith(yard: Yard, count: number, which: 'postern' | 'original'): Promise<Start> {
  const text = doors(count, () => [randomPort(), randomPort(), randomPort()]);
  const begun = performance.now();
  const daemon = await yard[which](text);
  const ms = performance.now() - begun;
  const mb = residentMb(daemon.pid);
  await daemon.stop();
  return { ms, mb };
}

function randomPort(): number {
  return 1 + Math.floor(Math.random() * 65_535);
}
