/** Waiting, but not for ever. */

/** undefined when the time is up first; what comes later is of no interest, a failure included. */
export function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
