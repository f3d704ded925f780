/**
 * The rehearsal: in its first seconds a daemon judges knocks that nobody sent, floods of every kind among them, with parts
 * that belong to nobody: no packet, no line, no file and no firewall comes of it. V8 compiles code once it has run often; without
 * this a flood meets code that takes many times as long, at its beginning and again with each kind of packet that is new,
 * and packets are lost meanwhile.
 */

import { Counters } from './counters.ts';
import { RehearsedKnocks } from './rehearsed-knocks.ts';
import { RehearsedSpa } from './rehearsed-spa.ts';

/** Whoever starts a daemon and knocks at once does not wait for it. */
const FIRST_AFTER_MS = 1000;
/** Batches are small ones: a real knock waits for some milliseconds, 11 at most where that was measured, and not for all. */
const BETWEEN_MS = 2;

/** One after another; each lives no longer than it plays. */
export interface Act {
  /** The next batch; false when it was the last. */
  play(): boolean;
  end(): void;
}

export class Rehearsal {
  readonly #counters = new Counters();
  readonly #waiting: ((counters: Counters) => Act)[];
  #act: Act | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasSpa = false;
  #isStopped = false;

  /** @param first for tests */
  constructor(first: (counters: Counters) => Act = (counters) => new RehearsedKnocks(counters)) {
    this.#waiting = [first];
  }

  /** Doors that were opened, for tests. */
  get openings(): number {
    return this.#counters.status({ received: 0, dropped: 0 }).opened;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#play(), FIRST_AFTER_MS).unref();
  }

  /** Packets to doors with single packet authorization, too; only once. Also after the start. */
  addSpa(): void {
    if (this.#hasSpa || this.#isStopped) return;
    this.#hasSpa = true;
    this.#waiting.push((counters) => new RehearsedSpa(counters));
    this.#timer ??= setTimeout(() => this.#play(), FIRST_AFTER_MS).unref();
  }

  /** Also once it is over. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#act?.end();
    this.#act = undefined;
  }

  #play(): void {
    try {
      this.#playNext();
    } catch {
      // What only prepares must not end a daemon: a system whose rules forbid a digest that packets need, for instance.
      this.stop();
      return;
    }
    const isOver = this.#act === undefined && this.#waiting.length === 0;
    this.#timer = isOver ? undefined : setTimeout(() => this.#play(), BETWEEN_MS).unref();
  }

  #playNext(): void {
    this.#act ??= this.#waiting.shift()?.(this.#counters);
    if (this.#act?.play() !== false) return;
    this.#act.end();
    this.#act = undefined;
  }
}
