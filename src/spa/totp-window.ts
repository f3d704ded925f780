/** Which sequences of a time-based door are good at a moment: that of the step, and its neighbours for clocks that differ. */

import type { SecretKey } from './secret-key.ts';
import type { PortOf } from './spa-packet.ts';
import { type SequenceShape, TOTP_STEP_MS, totpSequence, totpStep } from './totp-sequence.ts';
import { isClockSet } from './wall-time.ts';

/** Steps before and after the present one. */
const NEIGHBOURS = 1;

export interface StepSequence {
  readonly step: number;
  readonly sequence: readonly PortOf[];
}

export interface TotpWindow {
  /** Oldest first; none when the clock is not set. */
  readonly sequences: readonly StepSequence[];
  /** Wall clock, milliseconds: then another window is in force. */
  readonly untilMs: number;
}

export function totpWindow(secret: SecretKey, shape: SequenceShape, nowMs: number): TotpWindow {
  const now = totpStep(nowMs);
  const untilMs = (now + 1) * TOTP_STEP_MS;
  if (!isClockSet(nowMs)) return { sequences: [], untilMs };
  const steps = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, at) => now - NEIGHBOURS + at);
  return { sequences: steps.map((step) => ({ step, sequence: totpSequence(secret, step, shape) })), untilMs };
}
