/**
 * The control socket's server: a bounded number of clients, each with a bounded piece of this process. It never throws
 * for what a client sends, and never waits for one.
 */

import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { monotonicMs } from '../base/clock.ts';
import { type ControlAnswer, errorAnswer } from './answer.ts';
import { Connection, TAKE_MS } from './connection.ts';
import type { ControlRequest } from './request.ts';
import { listenAt } from './socket-place.ts';

/** People with terminals, and programs that ask now and then. */
export const MAX_CLIENTS = 64;

/** A client that asks nothing for so long, and does not watch, goes. */
const IDLE_MS = 60_000;
const IDLE_CHECK_MS = 5000;

export interface WatchClient {
  tell(line: string): void;
}

export interface ControlServerOptions {
  readonly path: string;
  /** Never rejects. `watching` as an answer makes the client get every line that is told. */
  readonly answer: (request: ControlRequest) => Promise<ControlAnswer>;
  /** Those who watch, as long as they do; who tells them something need not know the server. */
  readonly watchers: Set<WatchClient>;
  readonly maxClients?: number;
  readonly idleMs?: number;
  readonly takeMs?: number;
}

export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #connections = new Set<Connection>();
  readonly #watchers: Set<WatchClient>;
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  #idleTimer: NodeJS.Timeout | undefined;

  private constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#watchers = options.watchers;
  }

  /** @throws OpError; its code is EADDRINUSE where somebody else has the place */
  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    const server = new ControlServer(options);
    await listenAt(server.#server, options.path);
    // Without descriptors left a client is not served; those that are connected go on.
    server.#server.on('error', () => undefined);
    server.#idleTimer = setInterval(
      () => server.#dismissIdle(),
      Math.min(IDLE_CHECK_MS, options.idleMs ?? IDLE_MS),
    );
    return server;
  }

  get clientCount(): number {
    return this.#connections.size;
  }

  /** Cuts every client off and takes the socket's file away. */
  close(): void {
    clearInterval(this.#idleTimer);
    this.#server.close();
    for (const connection of [...this.#connections]) connection.close();
    rmSync(this.#options.path, { force: true });
  }

  #accept(socket: Socket): void {
    const { maxClients = MAX_CLIENTS, takeMs = TAKE_MS } = this.#options;
    const connection = new Connection(socket, {
      answer: this.#options.answer,
      now: monotonicMs,
      takeMs,
      watching: (each) => this.#watchers.add(each),
      closed: (each) => this.#forget(each),
    });
    if (this.#connections.size >= maxClients) {
      const leaver = this.#whoLeaves() ?? connection;
      leaver.dismiss(errorAnswer('too-many-clients', `there are ${maxClients} clients, the newest stays`));
      this.#forget(leaver);
      if (leaver === connection) return;
    }
    this.#connections.add(connection);
  }

  /** The one who has been idle longest; where nobody is, the watcher who has been there longest. */
  #whoLeaves(): Connection | undefined {
    const idle = [...this.#connections].filter(({ isBusy }) => !isBusy);
    const asking = idle.filter(({ isWatching }) => !isWatching);
    const candidates = asking.length > 0 ? asking : idle;
    return candidates.toSorted((a, b) => a.activeMs - b.activeMs)[0];
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.#watchers.delete(connection);
  }

  #dismissIdle(): void {
    const { idleMs = IDLE_MS } = this.#options;
    const since = monotonicMs() - idleMs;
    for (const connection of [...this.#connections]) {
      if (connection.isBusy || connection.isWatching || connection.activeMs > since) continue;
      connection.dismiss(errorAnswer('idle', `nothing was asked for ${idleMs / 1000} s`));
    }
  }
}
