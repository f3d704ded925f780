import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';

/** A synchronous call as a promise of its result: calls that are made one after the other never mix. */
export async function attempt<T>(call: () => T): Promise<Result<T, OpError>> {
  try {
    return ok(call());
  } catch (error) {
    if (error instanceof OpError) return fail(error);
    throw error;
  }
}
