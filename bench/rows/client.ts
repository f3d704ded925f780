/** P9: the wall time of the whole command `knock`, beside that of a Node that does nothing. */

import { spawnSync } from 'node:child_process';
import { KNOCK } from '../../lab/programs.ts';
import { inTurn } from '../in-turn.ts';
import type { Stage } from '../plan.ts';
import { atMost, type Findings, figure } from '../row.ts';
import { median, medianRatio } from '../statistics.ts';
import type { Yard } from '../yard.ts';

const ROUNDS = 40;

const COMMANDS = {
  'node -e 0': ['-e', '0'],
  knock: [KNOCK, '127.0.0.1', '7001', '8002', '9003'],
} as const;

export async function client(_yard: Yard, stage: Stage): Promise<Findings> {
  const sides = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
  const times = await inTurn(ROUNDS, sides, async (side, round) => {
    stage.tell(`round ${round} of ${ROUNDS}`);
    return timeOf(COMMANDS[side]);
  });
  const of = (side: keyof typeof COMMANDS) => times.get(side) ?? [];
  return {
    method: `${ROUNDS} rounds, both in turn`,
    figures: sides.map((side) => figure(side, median(of(side)), 'ms')),
    bars: [atMost('times node -e 0', medianRatio(of('knock'), of('node -e 0')), 1.4)],
  };
}

function timeOf(args: readonly string[]): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args);
  const tookMs = performance.now() - begun;
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return tookMs;
}
