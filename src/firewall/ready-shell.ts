/**
 * A shell that is up and waits for its one command. To start a program takes a small machine longer than a rule takes a
 * firewall, and a command needs a shell and what it starts: here the shell's part is over before anybody knocks.
 *
 * The command is to notice nothing: input, variables, `$0`, status and process group are those of `sh -c COMMAND`.
 */

import { constants, openSync, readSync, writeSync } from 'node:fs';
import { closeAll, newPipe, type Spawned, spawnProgram } from '../native/spawn.ts';
import { readOutput } from './read-output.ts';
import { SHELL, shellEnvironment } from './shell.ts';

/** What a pipe takes in one piece, whatever else is in it (PIPE_BUF, pipe(7)). */
const MAX_BYTES = 4096;

/** Runs what comes through its input, and ends with that, as it does when the daemon that holds the other end is gone. */
const SCRIPT = '. /dev/stdin # waits for the command of a door';

/** In one line: where the command is not to be understood, the shell runs nothing and its status is 2. */
function lineOf(command: string): string {
  return `exec </dev/null; ${command}\n`;
}

export class ReadyShell {
  readonly child: Spawned;
  readonly drained: Promise<'drained'>;
  readonly #writeEnd: number;
  /** A second view of what the shell has not read yet, at which nobody waits. */
  readonly #unread: number;
  #isOver = false;
  /** Lines that nobody listens to yet. */
  readonly #early: string[] = [];
  #onLine: (line: string) => void = (line) => this.#early.push(line);

  /** @returns undefined when no more processes or descriptors are to be had */
  static start(): ReadyShell | undefined {
    const pipe = newPipe();
    if (typeof pipe === 'string') return undefined;
    const [from, to] = pipe;
    const unread = secondView(from);
    const child =
      unread === undefined ? undefined : spawnProgram(SHELL, [SHELL, '-c', SCRIPT], shellEnvironment(), from);
    closeAll([from]);
    if (unread !== undefined && typeof child === 'object') return new ReadyShell(child, to, unread);
    closeAll(unread === undefined ? [to] : [to, unread]);
    return undefined;
  }

  private constructor(child: Spawned, writeEnd: number, unread: number) {
    this.child = child;
    this.drained = readOutput(child, (line) => this.#onLine(line));
    this.#writeEnd = writeEnd;
    this.#unread = unread;
    void child.exited.then(() => {
      this.#isOver = true;
    });
  }

  static canTake(command: string): boolean {
    return !/[\n\0]/.test(command) && Buffer.byteLength(lineOf(command)) <= MAX_BYTES;
  }

  /** False when it has ended since, as a process may. Once. */
  give(command: string): boolean {
    if (this.#isOver) return false;
    writeSync(this.#writeEnd, lineOf(command));
    closeAll([this.#writeEnd]);
    return true;
  }

  /** Once the command has had its start. Also for what it has printed up to now. */
  listen(onLine: (line: string) => void): void {
    this.child.wake();
    this.#onLine = onLine;
    for (const line of this.#early.splice(0)) onLine(line);
  }

  /** After its end: whether it took the command at all. Once. */
  hasTakenIt(): boolean {
    try {
      // The end of the pipe, where all that was written has been read.
      return readSync(this.#unread, new Uint8Array(1)) === 0;
    } catch {
      // Nothing is in it, though somebody else could still write.
      return true;
    } finally {
      closeAll([this.#unread]);
    }
  }

  /** It ends without a command. */
  dismiss(): void {
    closeAll([this.#writeEnd, this.#unread]);
    for (const stream of [this.child.stdout, this.child.stderr]) stream.destroy();
  }
}

function secondView(end: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${end}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
