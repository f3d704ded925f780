/** What follows the answer to `watch`: events as they happen, in order. More than is shown is counted. */

import type { ToldDecision } from './told-decision.ts';

interface About {
  readonly kind: 'event';
  readonly at: string;
}

export type WatchEvent =
  /** What a packet, or time running out, did to an attempt. `door` is left out where none is meant. */
  | (About & {
      readonly event: 'attempt';
      /** A name of MATCH_EVENT_NAMES: stage, opened, timeout, scan; with -D the others, too. */
      readonly what: string;
      readonly source: string;
      readonly door?: string;
      readonly stage: number;
    })
  /** A packet at the port of an SPA door. `text`: in the words of the log. */
  | (About & {
      readonly event: 'spa';
      readonly what: 'accepted' | 'refused';
      readonly source: string;
      readonly door?: string;
      readonly reason?: string;
      readonly text: string;
    })
  /** `text`: in the words of the log. */
  | (About & { readonly event: 'decision'; readonly decision: ToldDecision; readonly text: string })
  | (About & {
      readonly event: 'banned' | 'unbanned';
      readonly prefix: string;
      readonly endsAt: string | null;
    })
  /** The kernel had no room for so many packets since the last word on it. */
  | (About & { readonly event: 'dropped'; readonly count: number })
  | (About & { readonly event: 'reloaded'; readonly ok: boolean })
  /** Events that were left out since the last one shown. */
  | (About & { readonly event: 'skipped'; readonly count: number });
