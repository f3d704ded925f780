/** P7: processor time for each packet by the number of doors. */

import { inTurn } from '../in-turn.ts';
import { costInFlood, FLOOD_METHOD } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { atMost, curve, type Findings, figure } from '../row.ts';
import { median, medianRatio } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { differentDoors, doorsWithOneFirstStep, FIRST_KNOCKS } from './doors.ts';

const ROUNDS = 3;
const LIMIT = 1.5;

const SIDES = { '1 door': 1, '100 doors': 100, '10,000 doors': 10_000 } as const;
const ALIKE = '1,000 doors with one first step';

export async function manyDoors(yard: Yard, stage: Stage): Promise<Findings> {
  const names = [...Object.keys(SIDES), ALIKE];
  const costs = await inTurn(ROUNDS, names, async (side, round) => {
    stage.tell(`round ${round} of ${ROUNDS}: ${side}`);
    const count = SIDES[side as keyof typeof SIDES];
    const doors = count === undefined ? doorsWithOneFirstStep(1000) : differentDoors(count);
    return (await costInFlood(yard, await yard.postern(doors), FIRST_KNOCKS)).microseconds;
  });
  const of = (side: string) => costs.get(side) ?? [];
  const beside = (side: string) => atMost(`${side} / 1 door`, medianRatio(of(side), of('1 door')), LIMIT);
  const points = Object.entries(SIDES).map(([side, count]) => [count, median(of(side))] as const);
  return {
    method: `${ROUNDS} rounds, all in turn; ${FLOOD_METHOD}`,
    figures: names.map((side) => figure(side, median(of(side)), 'µs a packet')),
    bars: [beside('10,000 doors'), beside(ALIKE)],
    curves: [curve('processor time for each packet', 'µs', 'doors', new Map(points))],
  };
}
