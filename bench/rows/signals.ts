/** How long SIGHUP and SIGTERM take while a flood comes at full speed. */

import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../../lab/running.ts';
import type { Stage } from '../plan.ts';
import { atMost, type Findings, figure } from '../row.ts';
import { median } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { differentDoors, FIRST_KNOCKS, FLOOD_SOURCES, ONE_DOOR } from './doors.ts';

const ROUNDS = 3;
const RELOADS = 10;
const BETWEEN_RELOADS_MS = 100;
/** The flood has filled every table by then. */
const BEFORE_SIGNALS_MS = 2000;
/** What an administrator may take for an answer at once. */
const LIMIT_MS = 1000;

export async function signals(yard: Yard, stage: Stage): Promise<Findings> {
  const hups: number[] = [];
  const terms: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    stage.tell(`round ${round} of ${ROUNDS}`);
    const daemon = await yard.postern(`${ONE_DOOR}${differentDoors(100)}`);
    const flood = await yard.flood(FIRST_KNOCKS);
    await delay(BEFORE_SIGNALS_MS);
    for (let i = 0; i < RELOADS; i++) {
      await delay(BETWEEN_RELOADS_MS);
      hups.push(await reload(yard, daemon, i));
    }
    terms.push(await end(daemon));
    await flood.end();
  }
  return {
    method: `${ROUNDS} rounds of ${RELOADS} SIGHUP, each with other doors, and one SIGTERM during a flood from ${FLOOD_SOURCES} sources`,
    figures: [
      figure('SIGHUP to the end of the reload, median', median(hups), 'ms'),
      figure('SIGTERM to the end of the process, median', median(terms), 'ms'),
    ],
    bars: [
      atMost('SIGHUP, the slowest, ms', Math.max(...hups), LIMIT_MS),
      atMost('SIGTERM, the slowest, ms', Math.max(...terms), LIMIT_MS),
    ],
  };
}

/** A reload ends with a warning about another state directory, which names it. */
async function reload(yard: Yard, daemon: Running, index: number): Promise<number> {
  const other = yard.path(`state-${performance.now()}`);
  const conf = yard.posternConf(`${ONE_DOOR}${differentDoors(100 + index)}`);
  writeFileSync(yard.path('postern.conf'), conf.replace(/^StateDir = .*$/m, `StateDir = ${other}`));
  const begun = performance.now();
  daemon.kill('SIGHUP');
  await daemon.waitFor(`not '${other}'`);
  return performance.now() - begun;
}

async function end(daemon: Running): Promise<number> {
  const begun = performance.now();
  const { status } = await daemon.stop('SIGTERM');
  const tookMs = performance.now() - begun;
  if (status !== 0) throw new Error(`the daemon did not end at SIGTERM:\n${daemon.output}`);
  return tookMs;
}
