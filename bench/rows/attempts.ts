/** Processor time for each packet by the number of attempts that are under way. */

import { inTurn } from '../in-turn.ts';
import { AFTER_METHOD, costAfter } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { atMost, curve, type Findings, figure } from '../row.ts';
import { counted } from '../row-text.ts';
import { median, medianRatio } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { FIRST_KNOCKS, FULL_TABLE, ONE_DOOR } from './doors.ts';

const ROUNDS = 3;
const STRANGERS = 1_000_000;
/** No door has this port. */
const STRAY_PORT = 5001;
const SIZES = [1, 10_000, FULL_TABLE] as const;
const LIMIT = 1.5;

/** The table is filled, then come packets of other sources, the same for every size: each is looked for in the table. */
export async function attempts(yard: Yard, stage: Stage): Promise<Findings> {
  const strays = { sources: STRANGERS, firstSource: 2 * FULL_TABLE, ports: [STRAY_PORT] };
  const costs = await inTurn(ROUNDS, SIZES, async (size, round) => {
    stage.tell(`round ${round} of ${ROUNDS}: ${size} attempts`);
    const fill = () => yard.send({ ...FIRST_KNOCKS, sources: size }, { packets: size });
    return (await costAfter(yard, await yard.postern(ONE_DOOR), strays, fill)).microseconds;
  });
  const of = (size: number) => costs.get(size as (typeof SIZES)[number]) ?? [];
  const beside = (size: number) =>
    atMost(`${counted(size, 'attempt')} / 1 attempt`, medianRatio(of(size), of(1)), LIMIT);
  return {
    method: `${ROUNDS} rounds, all in turn; ${AFTER_METHOD} and the table is filled, from ${STRANGERS} other sources`,
    figures: SIZES.map((size) => figure(counted(size, 'attempt'), median(of(size)), 'µs a packet')),
    bars: [beside(10_000), beside(FULL_TABLE)],
    curves: [
      curve(
        ...(['processor time for each packet', 'µs', 'attempts'] as const),
        new Map(SIZES.map((size) => [size, median(of(size))])),
      ),
    ],
  };
}
