/** The terminal that the view is in: taken over and given back, at every end of the process, and around a stop (Ctrl-Z). */

import { emitKeypressEvents } from 'node:readline';
import { type Key, type KeyPress, keyOf } from './keys.ts';
import type { Size } from './layout.ts';
import { ENTER, LEAVE } from './screen.ts';
import { openTerminal, TerminalOutput } from './terminal-output.ts';

/** Of a terminal that does not know its size, as some serial lines. */
const USUAL: Size = { columns: 80, rows: 24 };

export interface TerminalListener {
  key(key: Key): void;
  /** It has another size, or was another's for a while: all is to be drawn anew. */
  changed(): void;
}

export class Terminal {
  readonly output: TerminalOutput;
  readonly #listener: TerminalListener;
  readonly #close: () => void;
  readonly #handlers: readonly (readonly [NodeJS.Signals, () => void])[];
  #isOurs = false;

  constructor(listener: TerminalListener) {
    const { write, close } = openTerminal();
    this.output = new TerminalOutput(write);
    this.#close = close;
    this.#listener = listener;
    this.#handlers = [
      ['SIGTSTP', () => this.#stopForNow()],
      ['SIGCONT', () => this.#comeBack()],
    ];
  }

  get size(): Size {
    const { columns, rows } = process.stdout;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  open(): void {
    process.on('exit', this.#leave);
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
    process.stdout.on('resize', this.#changed);
    emitKeypressEvents(process.stdin);
    process.stdin.on('keypress', this.#pressed);
    // A terminal that has gone is met when it is written to, or by its signal.
    process.stdin.on('error', this.#changed);
    process.stdin.resume();
    this.#enter();
  }

  close(): void {
    this.#leave();
    process.off('exit', this.#leave);
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
    process.stdout.off('resize', this.#changed);
    process.stdin.off('keypress', this.#pressed);
    process.stdin.pause();
    this.#close();
  }

  #enter(): void {
    this.#isOurs = true;
    // The shell may have set it back since: off first, or Node believes it to be on.
    setRaw(false);
    setRaw(true);
    this.output.send(ENTER);
  }

  readonly #leave = (): void => {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    setRaw(false);
    try {
      this.output.sendLast(LEAVE);
    } catch {
      // It has gone.
    }
  };

  readonly #changed = (): void => this.#listener.changed();

  readonly #pressed = (_text: string | undefined, press: KeyPress): void => {
    const key = keyOf(press);
    // To all that were started with this program, such as sudo, as the terminal itself would.
    if (key === 'suspend') process.kill(0, 'SIGTSTP');
    else if (key !== undefined) this.#listener.key(key);
  };

  /** Stops as one without a handler: the system passes over it where there is no shell to come back from. */
  #stopForNow(): void {
    this.#leave();
    const [stop] = this.#handlers;
    process.off('SIGTSTP', stop![1]);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', stop![1]);
    this.#comeBack();
  }

  #comeBack(): void {
    this.#enter();
    this.#listener.changed();
  }
}

function setRaw(isRaw: boolean): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(isRaw);
}
