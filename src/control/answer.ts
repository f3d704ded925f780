/** What the daemon says on the control socket. Times are RFC 3339 texts; `null` as an end means none. */

import type { Diagnostic } from '../config/config.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { StatusAnswer } from './status.ts';
import type { ToldDecision } from './told-decision.ts';
import type { WatchEvent } from './watch-event.ts';

/** The request itself is at fault. */
export type RequestErrorCode =
  /** No JSON object. */
  | 'malformed'
  /** The line is longer than MAX_LINE_BYTES. */
  | 'too-long'
  /** The connection ended in the middle of a line. */
  | 'truncated'
  | 'unsupported-version'
  | 'unknown-kind'
  | 'bad-field';

export type ErrorCode =
  | RequestErrorCode
  | 'no-such-door'
  /** This daemon has no such thing, or it is switched off. */
  | 'unavailable'
  /** Somebody newer needed the place. */
  | 'too-many-clients'
  | 'idle'
  /** A fault of the daemon; its log tells more. */
  | 'internal';

export interface ErrorAnswer {
  readonly kind: 'error';
  readonly code: ErrorCode;
  readonly message: string;
  /** Of the request. */
  readonly field?: string;
  readonly hint?: string;
}

/** One finding about a source: what happened last, why, and one next step. The daemon's memory gives it as it is. */
export interface ExplanationAnswer {
  readonly kind: 'explanation';
  readonly source: string;
  readonly explanation: Explanation;
}

export interface ReloadedAnswer {
  readonly kind: 'reloaded';
  readonly file: string;
  readonly doorCount: number;
  /** What was read all the same but deserves a look: doors that are off, options that wait for the next start. */
  readonly warnings: readonly string[];
}

export interface NotReloadedAnswer {
  readonly kind: 'not-reloaded';
  readonly file: string;
  /** The first MAX_DIAGNOSTICS of them. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticCount: number;
  /** The system's word where the file itself is good. */
  readonly message?: string;
}

/** Diagnostics in one answer. */
export const MAX_DIAGNOSTICS = 100;

export type ControlAnswer =
  | ErrorAnswer
  | StatusAnswer
  | ExplanationAnswer
  /** What became of the wish to open: a decision of the kind opened, refreshed, refused or failed. */
  | { readonly kind: 'decided'; readonly decision: ToldDecision; readonly text: string }
  /** Grants that are being closed. */
  | { readonly kind: 'closing'; readonly door: string; readonly count: number }
  | { readonly kind: 'banned'; readonly prefix: string; readonly endsAt: string | null }
  | { readonly kind: 'unbanned'; readonly prefix: string; readonly count: number }
  | ReloadedAnswer
  | NotReloadedAnswer
  | { readonly kind: 'watching' }
  | WatchEvent;

export function errorAnswer(code: ErrorCode, message: string, more: Partial<ErrorAnswer> = {}): ErrorAnswer {
  return { kind: 'error', code, message, ...more };
}
