/** One shell that waits for the next command, and another soon after each that was taken. */

import { ReadyShell } from './ready-shell.ts';
import { within } from './within.ts';

/** For a command that takes longer the next shell does not wait. */
const REFILL_MS = 100;

export class ShellReserve {
  #isKept = false;
  #shell: ReadyShell | undefined;

  /** @param isKept whether there are commands at all */
  keep(isKept: boolean): void {
    this.#isKept = isKept;
    this.#refill();
    if (isKept) return;
    this.#shell?.dismiss();
    this.#shell = undefined;
  }

  /** The shell, which has the command already. Undefined when none is there: start one. */
  take(command: string): ReadyShell | undefined {
    const shell = this.#shell;
    if (shell === undefined || !ReadyShell.canTake(command)) return undefined;
    this.#shell = undefined;
    // The command has the processor for itself until then.
    void within(shell.child.exited, REFILL_MS).then(() => this.#refill());
    if (shell.give(command)) return shell;
    shell.dismiss();
    return undefined;
  }

  /** Where no process is to be had, the end of the next command asks again. */
  #refill(): void {
    if (this.#isKept) this.#shell ??= ReadyShell.start();
  }
}
