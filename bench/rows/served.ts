/** P3: knockers who are served during floods of forged packets, as fast as the generator goes. */

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type TimedFrame, writeCapture } from '../capture-file.ts';
import { type Goal, sourceText, synFrame } from '../flood-frame.ts';
import { droppedOf } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { untilIdle } from '../process-figures.ts';
import { atLeast, type Bar, type Figure, type Findings, figure } from '../row.ts';
import type { Yard } from '../yard.ts';
import { DOOR_PORTS, FLOOD_SOURCES, ONE_DOOR } from './doors.ts';

const KNOCKERS = 100;
const PAUSES_MS = [0, 200, 1000] as const;
const FLOOD_SECONDS = 10;
const LEAST_PER_SECOND = 200_000;
/** The table of attempts holds first knocks of 1.3 s at this rate: the longest pause, and something for the machine's own. */
const MOST_PER_SECOND = 800_000;
/** The flood has filled every table by then. */
const BEFORE_KNOCKS_MS = 2000;
/** The last of 100 begins 3 s after the first, and takes 2 s with the longest pauses. */
const BETWEEN_KNOCKERS_MS = 30;
/** Knockers' numbers lie behind those of any flood. */
const FIRST_KNOCKER = 0x1000000;

interface Kind {
  readonly name: string;
  readonly ports: readonly number[];
  readonly family: 'IPv4' | 'IPv6';
}

const KINDS: readonly Kind[] = [
  { name: 'first knocks', ports: DOOR_PORTS.slice(0, 1), family: 'IPv4' },
  { name: 'strays', ports: [5001, 6002, 7003, 8004, 9005], family: 'IPv4' },
  { name: 'all steps and strays', ports: [...DOOR_PORTS, 5001], family: 'IPv4' },
  { name: 'first knocks from IPv6 /64s', ports: DOOR_PORTS.slice(0, 1), family: 'IPv6' },
];

interface Served {
  /** By pause. */
  readonly opened: readonly number[];
  readonly perSecond: number;
  readonly dropped: number;
}

export async function served(yard: Yard, stage: Stage): Promise<Findings> {
  const figures: Figure[] = [];
  const bars: Bar[] = [];
  const rates: number[] = [];
  const kinds = KINDS.filter(({ family }) => family === 'IPv4' || yard.lab.hasIpv6);
  for (const [index, kind] of kinds.entries()) {
    stage.tell(`flood ${index + 1} of ${kinds.length}: ${kind.name}`);
    const { opened, perSecond, dropped } = await servedDuring(yard, kind);
    rates.push(perSecond);
    figures.push(figure(`${kind.name}: rate`, perSecond, 'packets/s'));
    figures.push(figure(`${kind.name}: lost in the kernel`, dropped, 'packets'));
    PAUSES_MS.forEach((pauseMs, at) => {
      figures.push(
        figure(`${kind.name}: served, pauses of ${pauseMs} ms`, opened[at] ?? 0, `of ${KNOCKERS}`),
      );
    });
    bars.push(atLeast(`${kind.name}: fewest served of ${KNOCKERS}`, Math.min(...opened), KNOCKERS));
  }
  bars.push(atLeast('packets/s, the slowest flood', Math.min(...rates), LEAST_PER_SECOND));
  return {
    method: `${kinds.length} floods of ${FLOOD_SECONDS} s, as fast as it goes up to ${MOST_PER_SECOND} packets/s, ${FLOOD_SOURCES} sources in turn; ${KNOCKERS} knockers for each pause, of the flood's family, all within it`,
    figures,
    bars,
    notes: yard.lab.hasIpv6 ? [] : ['no flood over IPv6: this kernel has none'],
  };
}

async function servedDuring(yard: Yard, { ports, family }: Kind): Promise<Served> {
  const goal = family === 'IPv6' ? yard.goal6 : yard.goal;
  const knocks = yard.path('knocks.pcap');
  writeCapture(
    knocks,
    PAUSES_MS.flatMap((pauseMs, group) => knocksWith(goal, pauseMs, group)),
  );
  const record = yard.path('served');
  writeFileSync(record, '');
  const daemon = await yard.postern(`${ONE_DOOR}Command = echo %IP% >> ${record}\n`);
  await yard.settled();
  const flood = await yard.flood({ goal, sources: FLOOD_SOURCES, ports }, { perSecond: MOST_PER_SECOND });
  const over = delay(FLOOD_SECONDS * 1000);
  await delay(BEFORE_KNOCKS_MS);
  await yard.play(knocks);
  await over;
  const { perSecond } = await flood.end();
  await untilIdle(daemon.pid);
  await daemon.stop('SIGTERM');
  const sources = new Set(readFileSync(record, 'utf8').split('\n'));
  const opened = PAUSES_MS.map((_, group) => openedOf(group, goal, sources));
  return { opened, perSecond, dropped: droppedOf(daemon.output) };
}

function knocksWith(goal: Goal, pauseMs: number, group: number): readonly TimedFrame[] {
  return knockersOf(group).flatMap((source, at) =>
    DOOR_PORTS.map((port, step) => ({
      frame: synFrame(goal, source, port),
      timeMs: at * BETWEEN_KNOCKERS_MS + group * 10 + step * Math.max(1, pauseMs),
    })),
  );
}

function openedOf(group: number, goal: Goal, sources: ReadonlySet<string>): number {
  return knockersOf(group).filter((source) => sources.has(sourceText(goal, source))).length;
}

function knockersOf(group: number): readonly number[] {
  return Array.from({ length: KNOCKERS }, (_, at) => FIRST_KNOCKER * (group + 1) + at);
}
