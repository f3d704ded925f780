/**
 * What was decided about one door and one source, and why. Plain data: the log, the control socket and the tests all
 * read this one value, so "why did nothing happen?" has one answer.
 */

import type { ActionOutcome } from './backend.ts';

export type Action = 'start' | 'stop';

export type CloseReason =
  /** `Cmd_Timeout` after the start command ended. */
  | 'timeout'
  /** The daemon stops and `On_Stop` is `close`. */
  | 'daemon-stop'
  /** Its end passed while no daemon ran. */
  | 'overdue'
  /** The start command failed, so what it did by halves is taken back. */
  | 'start-failed'
  /** Somebody asked for it. */
  | 'asked'
  /** The door's commands changed since: the old grant makes way for a new one. */
  | 'replaced';

export type RefusalReason =
  /** As many doors are open as the table of grants holds. */
  | 'table-full'
  /** As many start commands wait as may wait. */
  | 'queue-full'
  /** The door is switched off, for example because its one-time sequences ran out. */
  | 'door-off'
  /** The grant could not be written down, so nothing would close it after a crash. */
  | 'journal-failed'
  /** The start command could not be run at all. */
  | 'could-not-start'
  | 'daemon-stop';

export type CommandEnd = Exclude<ActionOutcome['kind'], 'queue-full'>;

interface About {
  readonly door: string;
  /** Canonical text of an address. */
  readonly source: string;
  /** Wall clock, milliseconds since 1970-01-01 UTC, as are all times here. */
  readonly atMs: number;
}

/** `no-command`: nothing to run. `command`: the start command ended well, nothing closes it. `grant`: open until `endsMs`. */
export type Opened = About & {
  readonly kind: 'opened';
  readonly reason: 'no-command' | 'command' | 'grant';
  readonly endsMs?: number;
};

/** The source had the door open already (or its start command is running: then `endsMs` is not yet known). */
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

/** The start command ran and did not end well; a grant is being closed again. */
export type Failed = About & {
  readonly kind: 'failed';
  readonly reason: 'failed-status' | 'time-limit';
};

/** What a match came to in the end. */
export type MatchDecision = Opened | Refreshed | Refused | Failed;

export type Decision =
  | MatchDecision
  /** A match came while the stop command was due or running: the door opens anew after it. */
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
  /** The stop command is about to run. */
  | (About & { readonly kind: 'closing'; readonly reason: CloseReason })
  /** The stop command has ended. */
  | (About & { readonly kind: 'closed'; readonly reason: CloseReason })
  /** The stop command could not be run and is tried again at `retryMs`. */
  | (About & { readonly kind: 'close-delayed'; readonly reason: CloseReason; readonly retryMs: number })
  /** Found in the journal with time left. */
  | (About & { readonly kind: 'restored'; readonly reason: 'journal'; readonly endsMs: number })
  /** Left in the journal for the next start to close. */
  | (About & {
      readonly kind: 'kept';
      readonly reason: 'on-stop-keep' | 'could-not-start';
      readonly endsMs: number;
    });
