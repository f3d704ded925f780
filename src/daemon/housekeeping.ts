/** What the daemon looks at every few seconds: lines that were left out, the firewall, lost packets, its status line. */

import type { Logger } from '../base/logger.ts';
import type { PortDoors } from './port-doors.ts';
import type { ServiceManager } from './service-manager.ts';
import type { Teller } from './teller.ts';
import type { WatchHub } from './watch-hub.ts';

const EVERY_MS = 5000;

export interface HousekeepingOptions {
  readonly log: Logger;
  readonly teller: Teller;
  readonly hub: WatchHub;
  readonly ports: PortDoors;
  readonly manager: ServiceManager;
  /** For `systemctl status`. */
  readonly statusLine: () => string;
  /** Packets that the kernel has lost so far. */
  readonly dropped: () => number;
}

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** After a last look. */
  stop(): void {
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    const { teller, hub, ports, manager, statusLine } = this.#options;
    teller.summarise();
    hub.summarise();
    void ports.check();
    manager.status(statusLine());
    this.#tellDropped();
  }

  #tellDropped(): void {
    const { log, hub } = this.#options;
    const dropped = this.#options.dropped();
    const count = dropped - this.#dropped;
    this.#dropped = dropped;
    if (count <= 0) return;
    const fields = { kind: 'packets-dropped', count };
    log.log(
      'warning',
      `the kernel dropped ${count} packets, they came faster than they could be read`,
      fields,
    );
    hub.event({ event: 'dropped', count });
  }
}
