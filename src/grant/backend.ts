/** What `grant` asks of a firewall backend. Outcomes are values: a backend never rejects. */

import type { Moment } from './moment.ts';

export interface ActionRequest {
  readonly door: string;
  /** Canonical text of one address. */
  readonly source: string;
  /** Shell text with the source already in place. */
  readonly command: string;
  /** Called at most once, when the command really begins; it may have waited in a queue before. */
  readonly started: (at: Moment) => void;
}

/** `at` is when the action was over. */
export type ActionOutcome =
  | { readonly kind: 'ok'; readonly at: Moment }
  /** 1 to 255; 128 + the signal's number when a signal ended it, as shells count. */
  | { readonly kind: 'failed-status'; readonly status: number; readonly at: Moment }
  | { readonly kind: 'time-limit'; readonly limitMs: number; readonly at: Moment }
  /** Nothing ran. */
  | { readonly kind: 'could-not-start'; readonly error: string; readonly at: Moment }
  /** Nothing ran. */
  | { readonly kind: 'queue-full'; readonly at: Moment };

export interface Backend {
  open(request: ActionRequest): Promise<ActionOutcome>;
  /** Closing never waits behind opening. */
  close(request: ActionRequest): Promise<ActionOutcome>;
}
