/** Word that interfaces, addresses or routes have changed, after bursts and at a bounded rate. */

import { monotonicMs } from '../base/clock.ts';
import { ADDRESS_GROUPS, LINK_GROUP, NetlinkWatch, ROUTE_GROUPS } from '../native/netlink.ts';

/** News come in bursts, several for one `ip` command. */
const SETTLE_MS = 5;
/** Between two calls: on a router routes may change all the time. */
const REST_MS = 100;
/** For what no news comes of, such as memory that is free again. */
const RETRY_MS = 1000;

export class NetworkNews {
  readonly #changed: () => void;
  readonly #watch: NetlinkWatch;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @throws OpError */
  constructor(routesToo: boolean, changed: () => void) {
    this.#changed = changed;
    const groups = LINK_GROUP | ADDRESS_GROUPS | (routesToo ? ROUTE_GROUPS : 0);
    this.#watch = new NetlinkWatch(groups, () => this.soon());
  }

  /** As if there were news. */
  soon(): void {
    const nowMs = monotonicMs();
    this.#callAt(Math.max(nowMs + SETTLE_MS, this.#lastMs + REST_MS), nowMs);
  }

  /** As if there were news in a while. */
  later(): void {
    const nowMs = monotonicMs();
    this.#callAt(nowMs + RETRY_MS, nowMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watch.close();
  }

  #callAt(dueMs: number, nowMs: number): void {
    if (this.#dueMs <= dueMs) return;
    this.#dueMs = dueMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#call(), dueMs - nowMs).unref();
  }

  #call(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#lastMs = monotonicMs();
    this.#changed();
  }
}
