/** Which interfaces are wanted, out of those that there are. */

import { ANY_DEVICE } from '../native/live-capture.ts';
import type { NetworkInterface } from './interfaces.ts';

/** As the configuration has it. */
export type InterfaceChoice =
  /** `eth0` when it exists, else as `auto`. */
  | { readonly kind: 'default' }
  | { readonly kind: 'any' }
  /** Those that carry a default route. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'named'; readonly names: readonly string[] };

/** What knockd listens on when nothing is named. */
const DEFAULT_NAME = 'eth0';

export class ChosenInterfaces {
  #choice: InterfaceChoice;
  #names: readonly string[] = [];

  constructor(choice: InterfaceChoice) {
    this.#choice = choice;
  }

  /** Whether `update` looks at routes. */
  get needsRoutes(): boolean {
    return this.#choice.kind === 'auto' || this.#choice.kind === 'default';
  }

  /**
   * @param withDefaultRoute their indexes
   * @returns the wanted names, of which there may be no interface; empty when `auto` has found none yet
   */
  update(interfaces: readonly NetworkInterface[], withDefaultRoute: ReadonlySet<number>): readonly string[] {
    const routed = interfaces.filter(({ index, isLoopback }) => withDefaultRoute.has(index) && !isLoopback);
    this.#decide(interfaces, routed);
    switch (this.#choice.kind) {
      case 'any':
        return [ANY_DEVICE];
      case 'named':
        return this.#choice.names;
      case 'auto':
      case 'default':
        // A default route that is gone, with none in its place, is on its way back more often than not.
        if (routed.length > 0) this.#names = routed.map(({ name }) => name);
        return this.#names;
    }
  }

  /** Once there is something to listen on, the default is what it has come to. */
  #decide(interfaces: readonly NetworkInterface[], routed: readonly NetworkInterface[]): void {
    if (this.#choice.kind !== 'default') return;
    if (interfaces.some(({ name }) => name === DEFAULT_NAME)) {
      this.#choice = { kind: 'named', names: [DEFAULT_NAME] };
    } else if (routed.length > 0) {
      this.#choice = { kind: 'auto' };
    }
  }
}
