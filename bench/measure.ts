/** Measures a row in a yard of its own. Whatever goes wrong becomes a row that says so. */

import { setTimeout as delay } from 'node:timers/promises';
import { inTime } from './in-time.ts';
import type { Plan, Stage } from './plan.ts';
import { missing } from './programs.ts';
import { type Findings, notMeasured, type Row } from './row.ts';
import { Yard } from './yard.ts';

/** Ctrl-C ends the programs of a row before this process hears of it: their end is no failure then. */
const CTRL_C_MS = 50;

/** When the whole bench has to be over, as `performance.now()` counts. */
export interface Deadline {
  readonly atMs: number;
}

export interface Measured {
  readonly row: Row;
  /** Neither measured nor kept from it by something that is missing. */
  readonly failed: boolean;
}

export async function measure(plan: Plan, stage: Stage, deadline: Deadline): Promise<Measured> {
  const { id, title } = plan;
  const say = (findings: Findings, failed: boolean) => ({ row: { id, title, ...findings }, failed });
  const absent = missing(...plan.needs);
  if (absent !== undefined) return say(notMeasured(absent), false);
  const leftMs = deadline.atMs - performance.now();
  if (leftMs <= 0) return say(notMeasured(outOfTime(id)), false);
  try {
    const findings = await inYard((yard) => inTime(plan.measure(yard, stage), leftMs));
    return findings === undefined ? say(notMeasured(outOfTime(id)), false) : say(findings, false);
  } catch (error) {
    await delay(CTRL_C_MS);
    return say(notMeasured(`failed: ${error instanceof Error ? error.message.trim() : error}`), true);
  }
}

async function inYard<T>(work: (yard: Yard) => Promise<T>): Promise<T> {
  const yard = new Yard();
  try {
    return await work(yard);
  } finally {
    await yard.close();
  }
}

function outOfTime(id: string): string {
  return `the time of the whole bench was up: this machine is slow, or busy. Alone: npm run bench -- ${id}`;
}
