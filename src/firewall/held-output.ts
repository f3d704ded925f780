/**
 * Output pipes that processes in the background still hold after their shell has ended. They go on being read, but do
 * not keep the daemon running. Their number is bounded: the oldest is closed for the newest.
 */

import type { Readable } from 'node:stream';

/** Two descriptors each; a usual limit is 1,024 for the whole process. */
export const MAX_HELD = 128;

export interface OutputStreams {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

export class HeldOutput {
  readonly #max: number;
  readonly #held = new Set<OutputStreams>();

  constructor(max: number = MAX_HELD) {
    this.#max = max;
  }

  get size(): number {
    return this.#held.size;
  }

  /** `closed` settles when nobody holds the pipes any more. */
  add(streams: OutputStreams, closed: Promise<void>): void {
    for (const stream of [streams.stdout, streams.stderr]) unref(stream);
    this.#held.add(streams);
    void closed.then(() => this.#held.delete(streams));
    if (this.#held.size > this.#max) this.#closeOldest();
  }

  #closeOldest(): void {
    for (const oldest of this.#held) {
      this.#held.delete(oldest);
      oldest.stdout?.destroy();
      oldest.stderr?.destroy();
      return;
    }
  }
}

/** Pipes of children are sockets, which the type of a child's streams does not say. */
function unref(stream: (Readable & { unref?: () => void }) | null): void {
  stream?.unref?.();
}
