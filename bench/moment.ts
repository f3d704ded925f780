/** Now, on both clocks. */

import { monotonicMs, wallMs } from '../src/base/clock.ts';
import type { Moment } from '../src/grant/moment.ts';

export function now(): Moment {
  return { monotonicMs: monotonicMs(), wallMs: wallMs() };
}
