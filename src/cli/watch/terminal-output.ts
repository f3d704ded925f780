/**
 * Bytes for a terminal that never make this process wait: what a slow line or a held screen (Ctrl-S) does not take is kept,
 * and nothing more is taken in until it has gone.
 */

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { errnoName } from '../../base/op-error.ts';

/** Of this process's own: the flag must not reach the shell, which has the same description of the terminal. */
const PLACES = ['/proc/self/fd/1', '/dev/tty'];
const STDOUT = 1;

/** How long a slow line has for the last text. */
const MAX_WAIT_MS = 2000;
const WAIT_MS = 20;

/** Writes some of the bytes, and gives how many. @throws the system's error, EAGAIN where it would have to wait */
export type WriteSome = (bytes: Uint8Array) => number;

export class TerminalOutput {
  readonly #write: WriteSome;
  readonly #maxWaitMs: number;
  #waiting: Uint8Array = Buffer.alloc(0);

  constructor(write: WriteSome, maxWaitMs = MAX_WAIT_MS) {
    this.#write = write;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Nothing waits. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Takes a text behind what waits; the caller looks at `isIdle` first, or it grows. @throws the system's error */
  send(text: string): void {
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(text)]);
    this.flush();
  }

  /** Writes what the terminal takes now. @throws the system's error, such as EIO when the terminal has gone */
  flush(): void {
    try {
      while (this.#waiting.length > 0) {
        this.#waiting = this.#waiting.subarray(this.#write(this.#waiting));
      }
    } catch (error) {
      if (errnoName(error) !== 'EAGAIN') throw error;
    }
  }

  /** The last text, in the place of what waits. Here this process does wait, but not for ever. @throws as `send` */
  sendLast(text: string): void {
    this.#waiting = Buffer.from(text);
    for (let waitedMs = 0; waitedMs <= this.#maxWaitMs; waitedMs += WAIT_MS) {
      this.flush();
      if (this.isIdle) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}

/** The terminal that standard output is. `close` ends what was opened for it. */
export function openTerminal(): { readonly write: WriteSome; readonly close: () => void } {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  for (const place of PLACES) {
    try {
      const descriptor = openSync(place, flags);
      return { write: (bytes) => writeSync(descriptor, bytes), close: () => closeSync(descriptor) };
    } catch {
      // One that may not be opened anew, as after su: the next place, or as it was given.
    }
  }
  return { write: (bytes) => writeSync(STDOUT, bytes), close: () => undefined };
}
