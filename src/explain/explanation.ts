/**
 * What the daemon remembers of a source and makes of it. Plain data, for people and programs alike. Times are RFC 3339
 * texts. Ports of sequences are left out unless secrets are asked for: steps are told by their number, from 1.
 */

import type { Decision, RefusalReason } from '../grant/decision.ts';
import type { Protocol } from '../net/protocol.ts';
import type { SpaRefusal } from '../spa/refusal.ts';

export interface Explanation {
  /** What was asked about: an address or a prefix. */
  readonly source: string;
  readonly verdict: Verdict;
  /** Oldest first. */
  readonly events: readonly ExplainedEvent[];
  /** Older events that were left out. */
  readonly omitted: number;
  /** First knocks before this moment are forgotten, of sources that got no further. */
  readonly remembersSince: string;
}

export interface Verdict {
  readonly cause: Cause;
  /** The door that it is about; null where it is about none. */
  readonly door: string | null;
  /** One or two sentences for people. */
  readonly text: string;
  /** One next step to take. */
  readonly next: string;
}

export type Cause =
  /** Nothing came, or nothing that hit a step. */
  | 'never-seen'
  /** A later step came, and the first one never did. */
  | 'no-first-step'
  | 'wrong-step'
  /** A step came before the one that it follows, which did not come in time. */
  | 'out-of-order'
  /** Packets to ports that are no steps came where a step was expected. */
  | 'strays'
  | 'timeout'
  | 'wrong-flags'
  | 'target-mismatch'
  | 'scan'
  | 'banned'
  /** The daemon or the door has nothing for this address family. */
  | 'other-family'
  | 'not-allowed'
  | `refused-${Exclude<RefusalReason, 'not-allowed'>}`
  | 'command-failed'
  | 'firewall-failed'
  | 'in-progress'
  /** The sequence was complete; what follows is under way. */
  | 'opening'
  | 'open'
  /** The start command ran and nothing closes what it did. */
  | 'command-ran'
  /** The door has nothing to run and nothing to open. */
  | 'opens-nothing'
  | 'opened-and-expired'
  | 'closed'
  /** A packet for an SPA door opened nothing. */
  | `spa-${SpaRefusal['reason']}`;

interface About {
  readonly at: string;
  readonly agoMs: number;
  readonly source: string;
  /** How often the same came in a row; `at` is the last time. */
  readonly count: number;
}

export interface AboutDoor extends About {
  readonly door: string;
  /** Steps of its sequence. */
  readonly steps: number;
  /** Only with secrets. */
  readonly packet?: Packet;
}

export interface Packet {
  readonly protocol: Protocol;
  readonly port: number;
}

export type ExplainedEvent =
  /** `stage` steps are accepted now. */
  | (AboutDoor & { readonly kind: 'step'; readonly stage: number })
  | (AboutDoor & { readonly kind: 'complete' })
  /** The step `stage` came again, which does no harm. */
  | (AboutDoor & { readonly kind: 'duplicate'; readonly stage: number })
  /** The step after the expected one came; it waits for `Reorder_Window`. */
  | (AboutDoor & { readonly kind: 'held'; readonly stage: number })
  /**
   * Ends the attempt. `came`: the step that came instead of `expected`, null where the sequence has changed since.
   * `isLate`: it was held, and the expected one did not come in time.
   */
  | (AboutDoor & {
      readonly kind: 'wrong-step';
      readonly expected: number;
      readonly came: number | null;
      readonly isLate: boolean;
    })
  | (AboutDoor & { readonly kind: 'timeout'; readonly stage: number; readonly limitMs: number })
  | (AboutDoor & { readonly kind: 'other-flags' })
  | (AboutDoor & { readonly kind: 'other-target' })
  | (About & { readonly kind: 'later-step'; readonly packet?: Packet })
  | (About & { readonly kind: 'stray'; readonly strays: number; readonly packet: Packet })
  | (About & { readonly kind: 'scan'; readonly strays: number })
  | (About & { readonly kind: 'banned'; readonly by: BannedBy })
  | SpaEvent
  | DecisionEvent;

export type BannedBy = 'scan' | 'hand';

/** A packet for an SPA door that was refused. */
export interface SpaEvent extends About {
  readonly kind: 'spa-refused';
  /** Null where no key of the port made it. */
  readonly spaDoor: string | null;
  readonly reason: SpaRefusal['reason'];
  readonly text: string;
  /** What to do about it; null where nothing helps. */
  readonly hint: string | null;
}

/** A decision about a door, without what its commands are. */
export interface DecisionEvent extends About {
  readonly kind: 'decision';
  readonly door: string;
  readonly decision: Exclude<Decision['kind'], 'command-started' | 'closing'>;
  readonly reason: Decision extends infer Each
    ? Each extends { reason: infer Reason }
      ? Reason
      : never
    : never;
  readonly endsAt?: string | null;
  readonly status?: number;
  readonly limitMs?: number;
  readonly detail?: string;
}
