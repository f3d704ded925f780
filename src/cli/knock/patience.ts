/** How long `knock` goes on: until a time is up, or a signal asks it to end. A second signal ends it on the spot. */

import { constants } from 'node:os';

export type End =
  | { readonly kind: 'time is up' }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals };

/** What `Patience.until` throws when it is over. */
export class Impatience extends Error {}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Patience {
  readonly #controller = new AbortController();
  readonly #onSignal = (name: NodeJS.Signals) => this.#onSignalOf(name);
  #timer: NodeJS.Timeout | undefined;
  #end: End | undefined;

  /** @param catchesSignals else they end the process as usual */
  constructor(catchesSignals: boolean) {
    if (catchesSignals) for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it is over; undefined while it is not. */
  get end(): End | undefined {
    return this.#end;
  }

  /** From now on; the first limit counts. */
  limit(ms: number): void {
    this.#timer ??= setTimeout(() => this.#finish({ kind: 'time is up' }), ms);
  }

  /** No time limit any more; signals still count. */
  unlimit(): void {
    clearTimeout(this.#timer);
  }

  /** @throws what `work` throws, or Impatience when it is over before */
  until<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Impatience());
      if (this.signal.aborted) return giveUp();
      this.signal.addEventListener('abort', giveUp, { once: true });
      work.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', giveUp));
    });
  }

  /** No limit any more, and signals do what they usually do. */
  release(): void {
    this.unlimit();
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }

  #onSignalOf(name: NodeJS.Signals): void {
    if (this.#end !== undefined) process.exit(statusOfSignal(name));
    this.#finish({ kind: 'signal', name });
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#controller.abort();
  }
}

/** As a shell has it. */
export function statusOfSignal(name: NodeJS.Signals): number {
  return 128 + (constants.signals[name] ?? 0);
}
