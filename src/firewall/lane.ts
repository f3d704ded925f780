/** Runs jobs a bounded number at a time, in order; a bounded number waits. */

export class Lane {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning;
    this.#maxWaiting = maxWaiting;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Undefined when too many wait already: the job is never run. A job begins at once when there is room. */
  run<T>(job: () => Promise<T>): Promise<T> | undefined {
    if (this.#running < this.#maxRunning) return this.#start(job);
    if (this.#waiting.length >= this.#maxWaiting) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#start(job)));
    });
  }

  #start<T>(job: () => Promise<T>): Promise<T> {
    this.#running++;
    return job().finally(() => {
      this.#running--;
      this.#waiting.shift()?.();
    });
  }
}
