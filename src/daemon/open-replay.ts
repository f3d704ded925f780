/** The replay memory of the doors that need one, in the state directory. */

import { join } from 'node:path';
import { wallMs } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Door } from '../config/config.ts';
import { ReplayStore } from '../spa/replay-store.ts';

/** Time-based sequences are good for a minute and a half. */
const LEAST_AGE_S = 120;

/** Undefined when no door needs it. The caller holds the lock on the directory. @throws OpError */
export async function openReplay(
  doors: readonly Door[],
  stateDir: string,
  log: Logger,
): Promise<ReplayStore | undefined> {
  const needing = doors.filter(({ sequence }) => sequence.kind === 'spa' || sequence.kind === 'totp');
  if (needing.length === 0) return undefined;
  const ages = needing.map(({ sequence }) => (sequence.kind === 'spa' ? sequence.maxAgeMs / 1000 : 0));
  const maxAgeS = ages.reduce((most, each) => Math.max(most, Math.ceil(each)), LEAST_AGE_S);
  const path = join(stateDir, 'replay');
  return ReplayStore.open({ path, maxAgeS, nowS: Math.floor(wallMs() / 1000), log });
}
