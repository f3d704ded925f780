/** Readiness of a file descriptor on Node's event loop. */

import { koffi } from './library.ts';

interface PollHandle {
  start(what: { readonly readable: true }, ready: (status: number) => void): void;
  stop(): void;
  close(): void;
}

/** Every open watch. koffi frees a handle that nothing refers to, and its callbacks stop without a word. */
const open = new Set<PollHandle>();

/**
 * Promises that a watch's callback has settled go on in the next turn that is Node's own. On Node 26 a callback of koffi
 * is none, and with nothing else to do the next may be seconds away.
 */
function endOfTurn(): void {
  // That it is called is all.
}

/** Tells when a descriptor can be read. It does not keep the event loop alive. */
export class ReadWatch {
  readonly #handle: PollHandle;
  readonly #ready: (status: number) => void;

  /**
   * @param failed the descriptor has an error (a capture whose interface went away); nothing more comes
   * @param readable called again and again while there is something to read
   */
  constructor(fd: number, readable: () => void, failed: () => void) {
    this.#ready = (status) => {
      if (status < 0) failed();
      else readable();
      setImmediate(endOfTurn);
    };
    this.#handle = koffi().node.poll(fd, { readable: true }, this.#ready as never) as unknown as PollHandle;
    open.add(this.#handle);
  }

  /** Until `resume`: no callbacks, and no wake-ups of the process. */
  pause(): void {
    this.#handle.stop();
  }

  resume(): void {
    this.#handle.start({ readable: true }, this.#ready);
  }

  /** Before the descriptor is closed. */
  close(): void {
    if (open.delete(this.#handle)) this.#handle.close();
  }
}
