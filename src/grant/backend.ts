/** What `grant` asks of those who open and close. Outcomes are values: a backend never rejects. */

import type { Moment } from './moment.ts';

export interface CommandRequest {
  readonly door: string;
  /** Canonical text of one address. */
  readonly source: string;
  /** Shell text with the source already in place. */
  readonly command: string;
  /** Called at most once, when the command really begins; it may have waited in a queue before. */
  readonly started: (at: Moment) => void;
}

/** `at` is when the action was over. */
export type CommandOutcome =
  | { readonly kind: 'ok'; readonly at: Moment }
  /** 1 to 255; 128 + the signal's number when a signal ended it, as shells count. */
  | { readonly kind: 'failed-status'; readonly status: number; readonly at: Moment }
  | { readonly kind: 'time-limit'; readonly limitMs: number; readonly at: Moment }
  /** Nothing ran. */
  | { readonly kind: 'could-not-start'; readonly error: string; readonly at: Moment }
  /** Nothing ran. */
  | { readonly kind: 'queue-full'; readonly at: Moment };

/** Doors with commands. */
export interface CommandBackend {
  open(request: CommandRequest): Promise<CommandOutcome>;
  /** Closing never waits behind opening. */
  close(request: CommandRequest): Promise<CommandOutcome>;
}

export interface PortRequest {
  readonly door: string;
  /** Canonical text of an address or prefix. */
  readonly source: string;
  /** Wall clock; FOREVER_MS: no end. */
  readonly endMs: number;
}

export type PortOutcome =
  | { readonly kind: 'ok'; readonly at: Moment }
  /** Unknown how far it came. */
  | { readonly kind: 'firewall-failed'; readonly error: string; readonly at: Moment };

/** Doors with ports. Requests are done in the order in which they were made. */
export interface PortBackend {
  /** Also moves the end of what is open already. */
  open(request: PortRequest): Promise<PortOutcome>;
  /** Ends well also where nothing is open. */
  close(request: PortRequest): Promise<PortOutcome>;
}

export type ActionOutcome = CommandOutcome | PortOutcome;
