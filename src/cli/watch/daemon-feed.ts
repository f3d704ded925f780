/**
 * What the daemon says, for as long as it is wanted: its status once a second, and its events. A daemon that goes away is
 * asked for again. Two connections, so that a status does not count as events that were not taken.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, OpError } from '../../base/op-error.ts';
import type { ErrorAnswer } from '../../control/answer.ts';
import { ControlClient } from '../../control/client.ts';
import type { StatusAnswer } from '../../control/status.ts';
import type { WatchEvent } from '../../control/watch-event.ts';

const STATUS_EVERY_MS = 1000;

/** After an event that changes a list, its status is asked for sooner, but no more often than this. */
const STATUS_LEAST_MS = 500;

const RETRY_MS = 1000;

export interface FeedListener {
  status(answer: StatusAnswer): void;
  event(event: WatchEvent): void;
  /** The daemon has gone, or is still away. */
  away(why: string): void;
}

interface Session {
  readonly asking: ControlClient;
  readonly watching: ControlClient;
}

export class DaemonFeed {
  readonly #path: string;
  readonly #listener: FeedListener;
  readonly #end = new AbortController();
  #session: Session | undefined;
  #hurry: () => void = () => undefined;

  constructor(path: string, listener: FeedListener) {
    this.#path = path;
    this.#listener = listener;
  }

  /** @throws OpError with a hint where no daemon answers or the caller may not */
  async connect(): Promise<void> {
    const asking = await ControlClient.connect(this.#path);
    try {
      const watching = await ControlClient.connect(this.#path);
      this.#session = { asking, watching };
    } catch (error) {
      asking.close();
      throw error;
    }
  }

  /** Tells the listener until `stop`. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      try {
        if (this.#session === undefined) await this.connect();
        await this.#follow();
      } catch (error) {
        if (!(error instanceof OpError)) throw error;
        if (!this.#isOver) this.#listener.away(reasonOf(error));
      }
      this.#hangUp();
      await this.#pause(RETRY_MS);
    }
  }

  stop(): void {
    this.#end.abort();
    this.#hangUp();
  }

  get #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  #hangUp(): void {
    this.#session?.asking.close();
    this.#session?.watching.close();
    this.#session = undefined;
  }

  /** Until one of the two ends. @throws OpError */
  async #follow(): Promise<void> {
    const { asking, watching } = this.#session!;
    await Promise.race([this.#takeEvents(watching), this.#takeStatus(asking)]);
  }

  async #takeEvents(client: ControlClient): Promise<void> {
    const first = await client.ask({ kind: 'watch' });
    for (let answer: typeof first | undefined = first; answer !== undefined; answer = await client.next()) {
      if (answer.kind === 'error') throw this.#refused(answer);
      if (answer.kind === 'event') this.#tell(answer);
    }
    throw this.#ended();
  }

  #tell(event: WatchEvent): void {
    this.#listener.event(event);
    if (changesLists(event)) this.#hurry();
  }

  async #takeStatus(client: ControlClient): Promise<void> {
    while (!this.#isOver) {
      // From the question on: what happens before the answer may not be in it.
      const hurried = new Promise<void>((resolve) => {
        this.#hurry = resolve;
      });
      const least = this.#pause(STATUS_LEAST_MS);
      const next = this.#pause(STATUS_EVERY_MS);
      const answer = await client.ask({ kind: 'status', showSecrets: false });
      if (answer.kind === 'error') throw this.#refused(answer);
      if (answer.kind === 'status') this.#listener.status(answer);
      await least;
      await Promise.race([hurried, next]);
    }
  }

  /** Ends early at `stop`. */
  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#end.signal }).catch(() => undefined);
  }

  #refused({ message, hint }: ErrorAnswer): OpError {
    const about = hint === undefined ? {} : { hint };
    return new OpError({
      op: 'watch the daemon at',
      target: this.#path,
      cause: new Error(message),
      ...about,
    });
  }

  #ended(): OpError {
    const cause = new Error('it has ended the connection');
    return new OpError({ op: 'watch the daemon at', target: this.#path, cause });
  }
}

/** The cause alone: what it is about is on the screen. */
function reasonOf(error: OpError): string {
  return messageOf(error.cause ?? error);
}

function changesLists(event: WatchEvent): boolean {
  switch (event.event) {
    case 'decision':
    case 'banned':
    case 'unbanned':
    case 'reloaded':
      return true;
    default:
      return false;
  }
}
