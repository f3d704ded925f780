/** The value, or undefined when it does not come in time. 0: waits for ever. */
export function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  if (limitMs === 0) return promise;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), Math.min(limitMs, 0x7fff_ffff));
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
