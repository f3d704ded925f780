/** A decision as it travels: its own fields, with times as texts. */

import type { Decision } from '../grant/decision.ts';

export interface ToldDecision {
  readonly kind: Decision['kind'];
  readonly door: string;
  readonly source: string;
  readonly at: string;
  /** Until when the door is open, where that is decided; null: no end. */
  readonly endsAt?: string | null;
  /** The other fields of a decision of this kind; `…Ms` of a moment as `…At`, RFC 3339 or null for no end. */
  readonly [field: string]: unknown;
}
