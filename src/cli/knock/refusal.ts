/** Why `knock` sends nothing: its use is wrong, or a profile, key or secret is. */

import { fail, type Result } from '../../base/result.ts';
import type { UsageError } from '../../client/plan.ts';
import { WRONG_USAGE } from './knock-output.ts';

/** The profile, a key, a secret or a one-time file. */
export const WRONG_PROFILE = 3;

export interface Refusal extends UsageError {
  /** The exit status that it means. */
  readonly status: typeof WRONG_USAGE | typeof WRONG_PROFILE;
}

export function misused(message: string, hint: string): { readonly ok: false; readonly error: Refusal } {
  return fail({ message, hint, status: WRONG_USAGE });
}

export function badKey(message: string, hint: string): { readonly ok: false; readonly error: Refusal } {
  return fail({ message, hint, status: WRONG_PROFILE });
}

/** A value of the command line that cannot be read is a misuse. */
export function misuseOf<T>(result: Result<T, UsageError>): Result<T, Refusal> {
  return result.ok ? result : misused(result.error.message, result.error.hint);
}
