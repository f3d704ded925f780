/** P4: processor time for each packet of a flood of forged first knocks, beside tcpdump and knockd. */

import { inTurn } from '../in-turn.ts';
import { type Cost, costInFlood, costOf, FLOOD_METHOD } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { KNOCKD, missing, TCPDUMP } from '../programs.ts';
import { atMost, type Bar, type Figure, type Findings, figure } from '../row.ts';
import { median, medianRatio } from '../statistics.ts';
import type { FloodWish, Yard } from '../yard.ts';
import { FIRST_KNOCKS, ONE_DOOR } from './doors.ts';

const ROUNDS = 3;
/** What knockd can take without losing most of it. */
const KNOCKD_PER_SECOND = 20_000;
const KNOCKD_PACKETS = 60_000;

type Side = 'postern' | 'tcpdump' | 'knockd' | 'knockd at its best';

export async function packet(yard: Yard, stage: Stage): Promise<Findings> {
  const bounds = { packets: KNOCKD_PACKETS, perSecond: KNOCKD_PER_SECOND };
  const slowly = async (wish: FloodWish) =>
    costOf(await yard.original(ONE_DOOR), [() => yard.send(wish, bounds)]);
  const measure: Record<Side, () => Promise<Cost>> = {
    postern: async () => costInFlood(yard, await yard.postern(ONE_DOOR), FIRST_KNOCKS),
    tcpdump: async () => costInFlood(yard, await yard.tcpdump(), FIRST_KNOCKS),
    knockd: () => slowly(FIRST_KNOCKS),
    // One source: its list of attempts stays short.
    'knockd at its best': () => slowly({ ...FIRST_KNOCKS, sources: 1 }),
  };
  const sides = (Object.keys(measure) as Side[]).filter(isThere);
  const costs = await inTurn(ROUNDS, sides, (side, round) => {
    stage.tell(`round ${round} of ${ROUNDS}: ${side}`);
    return measure[side]();
  });
  return {
    method: `${ROUNDS} rounds, all in turn; ${FLOOD_METHOD}; knockd at ${KNOCKD_PER_SECOND} packets/s`,
    ...findings(costs),
    notes: [TCPDUMP, KNOCKD].map((program) => missing(program)).filter((note) => note !== undefined),
  };
}

function isThere(side: Side): boolean {
  if (side === 'postern') return true;
  return missing(side === 'tcpdump' ? TCPDUMP : KNOCKD) === undefined;
}

function findings(costs: ReadonlyMap<Side, readonly Cost[]>): { figures: Figure[]; bars: Bar[] } {
  const of = (side: Side) => costs.get(side)?.map(({ microseconds }) => microseconds);
  const postern = costs.get('postern') ?? [];
  const ours = of('postern') ?? [];
  const figures = [
    figure('postern', median(ours), 'µs a packet'),
    figure('postern, rate', median(postern.map(({ perSecond }) => perSecond)), 'packets/s'),
    figure('postern, lost in the kernel', 100 * median(postern.map((each) => each.droppedShare)), '%'),
  ];
  const bars: Bar[] = [];
  const beside = (side: Side, name: string, what: string, limit: number) => {
    const theirs = of(side);
    if (theirs === undefined) return;
    figures.push(figure(name, median(theirs), 'µs a packet'));
    bars.push(atMost(what, medianRatio(ours, theirs), limit));
  };
  beside('tcpdump', 'tcpdump -w /dev/null', 'times tcpdump', 4);
  beside('knockd', 'knockd, the same packets', 'as a part of knockd, the same packets', 1 / 8);
  beside('knockd at its best', 'knockd at its best: one source', 'as a part of knockd at its best', 1 / 8);
  return { figures, bars };
}
