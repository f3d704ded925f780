import { monotonicMs, wallMs } from '../base/clock.ts';
import type { Moment } from '../grant/moment.ts';

export function momentNow(): Moment {
  return { monotonicMs: monotonicMs(), wallMs: wallMs() };
}
