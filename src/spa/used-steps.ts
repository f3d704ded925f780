/**
 * A time-based sequence opens its door once for each step and source: who overhears one cannot use it again from the same
 * address. One of these for each door.
 */

/** Only complete, right sequences get here. When it is full nothing opens until steps pass. */
const MAX_USES = 65_536;

/** Sequences of a step are good until the next one is over; twice that for a clock that is set back a little. */
const KEPT_STEPS = 4;

export class UsedSteps {
  /** The steps that each source used. */
  readonly #uses = new Map<string, Set<number>>();
  readonly #maxUses: number;
  #count = 0;
  /** Uses of steps below this one are forgotten, so those steps open nothing any more. */
  #oldest = 0;

  constructor(maxUses = MAX_USES) {
    this.#maxUses = maxUses;
  }

  /**
   * Whether this is the first use of `step` by `source`, which it then is no longer. `currentStep` is that of the clock.
   * @param source canonical text of the address
   */
  take(source: string, step: number, currentStep: number): boolean {
    this.#forget(currentStep - KEPT_STEPS);
    if (step < this.#oldest || this.#count >= this.#maxUses) return false;
    const steps = this.#uses.get(source) ?? new Set();
    if (steps.has(step)) return false;
    this.#uses.set(source, steps.add(step));
    this.#count++;
    return true;
  }

  #forget(oldest: number): void {
    if (oldest <= this.#oldest) return;
    this.#oldest = oldest;
    for (const [source, steps] of this.#uses) {
      for (const step of steps) if (step < oldest && steps.delete(step)) this.#count--;
      if (steps.size === 0) this.#uses.delete(source);
    }
  }
}
