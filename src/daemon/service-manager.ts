/**
 * What the daemon tells the service manager that started it, as sd_notify(3) does: that it is up, reads its
 * configuration anew, stops, and is alive. Without a manager nothing is told.
 */

import type { Logger } from '../base/logger.ts';

export interface ServiceManagerOptions {
  /** Sends one datagram; gives an errno name when it could not. */
  readonly send: (path: string, bytes: Uint8Array) => string | undefined;
  readonly log: Logger;
  readonly pid: number;
}

/** The variables of sd_notify(3) and sd_watchdog_enabled(3). */
const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

type Environment = Record<string, string | undefined>;

export class ServiceManager {
  readonly #path: string | undefined;
  readonly #watchdogMs: number | undefined;
  readonly #options: ServiceManagerOptions;
  #watchdog: NodeJS.Timeout | undefined;
  #status = '';
  #hasFailed = false;
  #isStuck = false;

  /** Takes the variables out of the environment: commands of doors must not speak for the daemon. */
  constructor(environment: Environment, options: ServiceManagerOptions) {
    const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
    this.#options = options;
    this.#path = isSocketName(NOTIFY_SOCKET) ? NOTIFY_SOCKET : undefined;
    const isMeant = WATCHDOG_PID === undefined || WATCHDOG_PID === `${options.pid}`;
    const everyMs = Number(WATCHDOG_USEC) / 1000;
    this.#watchdogMs = isMeant && everyMs > 0 && Number.isFinite(everyMs) ? everyMs : undefined;
    for (const name of VARIABLES) delete environment[name];
  }

  /** @param isAlive is asked twice in each time of the watchdog; nothing is told while it says no */
  ready(status: string, isAlive: () => boolean): void {
    this.#tell('READY=1', `STATUS=${status}`);
    this.#status = status;
    if (this.#path === undefined || this.#watchdogMs === undefined) return;
    this.#beat(isAlive);
    this.#watchdog = setInterval(() => this.#beat(isAlive), this.#watchdogMs / 2);
  }

  /** One line for `systemctl status`. */
  status(status: string): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#tell(`STATUS=${status}`);
  }

  /** `reloaded` must follow. */
  reloading(): void {
    this.#tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  reloaded(status: string): void {
    this.#status = status;
    this.#tell('READY=1', `STATUS=${status}`);
  }

  /** The watchdog goes on until the process ends: closing doors may take long. */
  stopping(): void {
    this.#tell('STOPPING=1', 'STATUS=closing doors');
  }

  stop(): void {
    clearInterval(this.#watchdog);
  }

  #beat(isAlive: () => boolean): void {
    if (isAlive()) {
      this.#isStuck = false;
      this.#tell('WATCHDOG=1');
    } else if (!this.#isStuck) {
      this.#isStuck = true;
      this.#options.log.log(
        'error',
        'packets come and are not read: the watchdog is not told that all is well',
      );
    }
  }

  /** In one datagram, as RELOADING and its time must be. */
  #tell(...assignments: readonly string[]): void {
    if (this.#path === undefined) return;
    const refused = this.#options.send(this.#path, Buffer.from(`${assignments.join('\n')}\n`));
    if (refused !== undefined && !this.#hasFailed) {
      this.#options.log.log('warning', `failed to tell the service manager '${this.#path}': ${refused}`);
    }
    this.#hasFailed = refused !== undefined;
  }
}

/** A path, or a name of the abstract kind. */
function isSocketName(name: string | undefined): name is string {
  return name !== undefined && /^[/@]./.test(name);
}
