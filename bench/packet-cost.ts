/** The processor time that a program spends on each packet of a flood. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../lab/running.ts';
import type { Played } from './generator-line.ts';
import { cpuMs, untilIdle } from './process-figures.ts';
import type { FloodWish, Yard } from './yard.ts';

const NOTHING: Played = { packets: 0, perSecond: 0 };

export interface Cost {
  readonly microseconds: number;
  readonly perSecond: number;
  /** 0 to 1. */
  readonly droppedShare: number;
}

/**
 * To warm up, and to measure. In time, not in packets, so that a slow machine takes no longer. The table of attempts is full
 * after three seconds at 350,000 packets a second.
 */
const WARM_UP_SECONDS = 3;
const MEASURED_SECONDS = 3;

export const FLOOD_METHOD = `${MEASURED_SECONDS} s of a flood at full speed, ${WARM_UP_SECONDS} s after it began`;

export const AFTER_METHOD = `floods of ${MEASURED_SECONDS} s at full speed after ${WARM_UP_SECONDS} s to warm up`;

/** What a program spends on a packet in the midst of a flood at full speed; ends the program. */
export async function costInFlood(yard: Yard, program: Running, wish: FloodWish): Promise<Cost> {
  const { pid } = program;
  await untilIdle(pid);
  const flood = await yard.flood(wish);
  await delay(WARM_UP_SECONDS * 1000);
  const before = { sent: flood.sent(), usedMs: cpuMs(pid) };
  await delay(MEASURED_SECONDS * 1000);
  const sent = flood.sent() - before.sent;
  const usedMs = cpuMs(pid) - before.usedMs;
  const { packets, perSecond } = await flood.end();
  await untilIdle(pid);
  await program.stop('SIGTERM');
  const droppedShare = droppedOf(program.output) / packets;
  return { microseconds: (usedMs * 1000) / (sent * (1 - droppedShare)), perSecond, droppedShare };
}

/** As many seconds as `costInFlood` measures, after as many to warm up and what `prepare` does; ends the program. */
export function costAfter(
  yard: Yard,
  program: Running,
  wish: FloodWish,
  prepare: () => Promise<Played>,
): Promise<Cost> {
  const flooded = (seconds: number) => () => floodFor(yard, wish, seconds);
  return costOf(program, [flooded(WARM_UP_SECONDS), prepare, flooded(MEASURED_SECONDS)]);
}

/** Of several loads one after another, only the last is measured. Ends the program. */
export async function costOf(program: Running, loads: readonly (() => Promise<Played>)[]): Promise<Cost> {
  const { pid } = program;
  let before = 0;
  let all = 0;
  let last = NOTHING;
  for (const load of loads) {
    await untilIdle(pid);
    before = cpuMs(pid);
    last = await load();
    all += last.packets;
  }
  await untilIdle(pid);
  const usedMs = cpuMs(pid) - before;
  await program.stop('SIGTERM');
  const droppedShare = droppedOf(program.output) / all;
  const handled = last.packets * (1 - droppedShare);
  return { microseconds: (usedMs * 1000) / handled, perSecond: last.perSecond, droppedShare };
}

export async function floodFor(yard: Yard, wish: FloodWish, seconds: number): Promise<Played> {
  const flood = await yard.flood(wish);
  await delay(seconds * 1000);
  return flood.end();
}

/** Packets that the kernel dropped, as Postern and tcpdump say it. */
export function droppedOf(output: string): number {
  const ours = [...output.matchAll(/the kernel dropped (\d+) packets/g)];
  const theirs = Number(/(\d+) packets dropped by kernel/.exec(output)?.[1] ?? 0);
  return ours.reduce((sum, [, count]) => sum + Number(count), theirs);
}
