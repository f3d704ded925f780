/** Tells a person at a terminal what is waited for, on one line of standard error that is gone afterwards. */

import { monotonicMs } from '../../base/clock.ts';
import { isErrorTerminal, writeError } from './standard-error.ts';

/** What is over sooner needs no word. */
const QUIET_MS = 500;
const EVERY_MS = 1000;
const CLEAR_LINE = '\r\u001b[K';

/** @param what is waited for. @returns ends it */
export function showWaiting(what: string): () => void {
  if (!isErrorTerminal()) return () => {};
  const start = monotonicMs();
  let isShown = false;
  const show = () => {
    isShown = true;
    writeError(`${CLEAR_LINE}waiting for ${what}, ${Math.round((monotonicMs() - start) / 1000)} s`);
  };
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    show();
    every = setInterval(show, EVERY_MS);
  }, QUIET_MS);
  return () => {
    clearTimeout(first);
    clearInterval(every);
    if (isShown) writeError(CLEAR_LINE);
  };
}
