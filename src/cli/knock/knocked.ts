/** Where the knocks of a run went, and where they may go still. */

import { isIP } from 'node:net';
import type { Knocker } from './knocker.ts';

export class Knocked {
  readonly #addresses: readonly string[];
  readonly #knock: Knocker;
  #used: readonly string[] = [];

  /** @param addresses of the host, in the order of the resolver */
  constructor(addresses: readonly string[], knock: Knocker) {
    this.#addresses = addresses;
    this.#knock = knock;
  }

  /** IP literals; what was knocked at last comes first. */
  get used(): readonly string[] {
    return this.#used;
  }

  /** @throws OpError when no address takes the knocks */
  async first(): Promise<void> {
    this.#used = await this.#knock(this.#addresses);
  }

  /** Knocks at the other family as well, where the host has one that was not tried yet. Failures are no news. */
  async other(): Promise<void> {
    const last = Math.max(...this.#used.map((address) => this.#addresses.indexOf(address)));
    const families = new Set(this.#used.map((address) => isIP(address)));
    const rest = this.#addresses.slice(last + 1).filter((address) => !families.has(isIP(address)));
    if (rest.length === 0) return;
    const more = await this.#knock(rest).catch(() => []);
    this.#used = [...more, ...this.#used];
  }
}
