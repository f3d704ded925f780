/**
 * What was decided about one door and one source, and why. Plain data: the log, the control socket and the tests all
 * read this one value, so "why did nothing happen?" has one answer.
 */

import type { CommandOutcome } from './backend.ts';
import type { Means } from './means.ts';

export type Action = 'start' | 'stop';

export type CloseReason =
  /** `Cmd_Timeout` after the start command ended, or `Open_For` after the firewall opened. */
  | 'timeout'
  /** The daemon stops and `On_Stop` is `close`. */
  | 'daemon-stop'
  /** Its end passed while no daemon ran. */
  | 'overdue'
  /** Opening failed, so what it did by halves is taken back. */
  | 'start-failed'
  /** Somebody asked for it. */
  | 'asked'
  /** The source knocked at a door that closes this one (`Close`). */
  | 'closing-door'
  /** The configuration no longer has the door, or gives it to another kind of source. */
  | 'door-gone'
  /** The door's commands changed since: the old grant makes way for a new one. */
  | 'replaced';

export type RefusalReason =
  /** The time-based sequence was used before. */
  | 'used-sequence'
  /** That it was used could not be written down, so it could be used again. */
  | 'replay-failed'
  /** `Allow_From` does not name the source. */
  | 'not-allowed'
  /** As many doors are open as the table of grants holds. */
  | 'table-full'
  /** As many doors are being opened as may be. */
  | 'queue-full'
  /** The door is switched off, for example because its one-time sequences ran out. */
  | 'door-off'
  /** The grant could not be written down, so nothing would close it after a crash. */
  | 'journal-failed'
  /** The start command could not be run at all. */
  | 'could-not-start'
  | 'daemon-stop';

export type CommandEnd = Exclude<CommandOutcome['kind'], 'queue-full'>;

interface About {
  readonly door: string;
  /** Canonical text of an address. */
  readonly source: string;
  /** Wall clock, milliseconds since 1970-01-01 UTC, as are all times here. */
  readonly atMs: number;
}

/**
 * `no-command`: nothing to run. `command`: the start command ended well, nothing closes it. `grant`: open until `endsMs`
 * (FOREVER_MS: no end). `closing-door`: nothing opened, other doors close.
 */
export type Opened = About & {
  readonly kind: 'opened';
  readonly reason: 'no-command' | 'command' | 'grant' | 'closing-door';
  readonly endsMs?: number;
  /** Of a grant. */
  readonly means?: Means['kind'];
};

/** The source had the door open already (or it is being opened: then `endsMs` is not yet known). */
export type Refreshed = About & {
  readonly kind: 'refreshed';
  readonly reason: 'open' | 'opening';
  readonly endsMs?: number;
};

/** Nothing opened. `detail` is the system's word on it. */
export type Refused = About & {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly detail?: string;
};

/** The start command or the firewall did not end well; a grant is being closed again. `detail` is the system's word. */
export type Failed = About & {
  readonly kind: 'failed';
  readonly reason: 'failed-status' | 'time-limit' | 'firewall-failed';
  readonly detail?: string;
};

/** What a match came to in the end. */
export type MatchDecision = Opened | Refreshed | Refused | Failed;

export type Decision =
  | MatchDecision
  /** A match came while the door was being closed: it opens anew after that. */
  | (About & { readonly kind: 'deferred'; readonly reason: CloseReason })
  | (About & { readonly kind: 'command-started'; readonly action: Action; readonly command: string })
  | (About & {
      readonly kind: 'command-ended';
      readonly action: Action;
      readonly reason: CommandEnd;
      readonly status?: number;
      readonly limitMs?: number;
      readonly detail?: string;
    })
  /** It is about to be closed. */
  | (About & { readonly kind: 'closing'; readonly reason: CloseReason; readonly means: Means['kind'] })
  /** The stop command has ended, or the firewall has closed. */
  | (About & { readonly kind: 'closed'; readonly reason: CloseReason; readonly means: Means['kind'] })
  /** It could not be closed, which is tried again at `retryMs`. */
  | (About & {
      readonly kind: 'close-delayed';
      readonly reason: CloseReason;
      readonly retryMs: number;
      readonly detail?: string;
    })
  /** Found in the journal with time left. */
  | (About & { readonly kind: 'restored'; readonly reason: 'journal'; readonly endsMs: number })
  /** Left in the journal for the next start to close; `forever`: to keep. */
  | (About & {
      readonly kind: 'kept';
      readonly reason: 'on-stop-keep' | 'could-not-start' | 'forever';
      readonly endsMs: number;
    });
