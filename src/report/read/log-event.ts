/** What one line of the log tells. Texts of the network or of people's configurations are untrusted and bounded. */

export type EventKind =
  /** A step was accepted. */
  | 'stage'
  /** A whole sequence was made. */
  | 'match'
  | 'timeout'
  | 'scan'
  /** What only -D tells of a packet; `reason` is the event's name. */
  | 'strange'
  | 'spa-accepted'
  | 'spa-refused'
  /** The firewall opened. */
  | 'opened'
  | 'refreshed'
  | 'refused'
  /** The firewall did not open. */
  | 'failed'
  | 'command-started'
  | 'command-failed'
  | 'command-output'
  | 'closing'
  | 'close-delayed'
  /** Found in the journal with time left. */
  | 'restored'
  /** Left open by a daemon that ends. */
  | 'kept'
  | 'banned'
  | 'unbanned'
  /** Lines that the limit of the log left out; `reason` is what they are about. */
  | 'suppressed'
  | 'packets-dropped'
  | 'lines-lost'
  | 'started'
  | 'stopping'
  | 'reloading'
  | 'not-reloaded'
  | 'door-off'
  /** An error or warning that is none of these; `text` says it. */
  | 'trouble'
  /** Anything else that the daemon says. */
  | 'note';

export interface Told {
  readonly kind: EventKind;
  readonly source?: string;
  readonly door?: string;
  readonly reason?: string;
  /** Of `spa-accepted`: whose packet it was. */
  readonly user?: string;
  readonly action?: 'start' | 'stop';
  /** Until when it is open or banned; infinite for what never ends. */
  readonly endsMs?: number;
  readonly count?: number;
  readonly text?: string;
}

export interface LogEvent extends Told {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}
