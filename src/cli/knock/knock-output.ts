/**
 * What `knock` says, by its exit status and in words. Results go to standard output, errors to standard error as `error: …` and `hint: …`. A reader
 * that has gone away (EPIPE) is no error; anything else that keeps output from being written is said once.
 */

import { errnoName, messageOf } from '../../base/op-error.ts';

/** Sent; where it was asked to wait, the port answered. */
export const SENT = 0;
export const WRONG_USAGE = 1;
/** A name, the network, or output that cannot be written. */
export const FAILED = 2;

/** Resolves to whether the text was taken or nobody wants it; never rejects. The knocks do not wait for it. */
export function print(text: string): Promise<boolean> {
  const { stdout } = process;
  // Without a listener a failed write would end the program, and knocks would be missing.
  if (stdout.listenerCount('error') === 0) stdout.once('error', reportLostOutput).on('error', ignore);
  return new Promise((resolve) => {
    stdout.write(text, (error) => resolve(error === null || error === undefined || hasNoReader(error)));
  });
}

export function printError(message: string, hint: string | undefined): void {
  const { stderr } = process;
  if (stderr.listenerCount('error') === 0) stderr.on('error', ignore);
  stderr.write(`error: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
}

function reportLostOutput(error: Error): void {
  if (hasNoReader(error)) return;
  printError(`failed to write standard output: ${messageOf(error)}`, undefined);
}

function hasNoReader(error: Error): boolean {
  return errnoName(error) === 'EPIPE';
}

function ignore(): void {
  // There is nowhere left to say it.
}
