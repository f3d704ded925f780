/** Decisions for the control socket. */

import type { ToldDecision } from '../control/told-decision.ts';
import type { Decision } from '../grant/decision.ts';
import { endText, timeText } from './time-texts.ts';

export function toldDecision(decision: Decision): ToldDecision {
  const { kind, door, source, atMs, ...rest } = decision;
  const more = Object.entries(rest).map(([field, value]) => toldField(field, value));
  return { kind, door, source, at: timeText(atMs), ...Object.fromEntries(more) };
}

function toldField(field: string, value: unknown): readonly [string, unknown] {
  if (typeof value !== 'number') return [field, value];
  switch (field) {
    case 'endsMs':
      return ['endsAt', endText(value)];
    case 'retryMs':
      return ['retryAt', timeText(value)];
    default:
      return [field, value];
  }
}
