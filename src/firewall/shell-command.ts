/**
 * The backend of knockd's doors: shell commands, in parallel up to a bound.
 *
 * Start and stop commands have a lane each, so no number of start commands, however slow, delays a close.
 */

import type { CommandBackend, CommandOutcome, CommandRequest } from '../grant/backend.ts';
import type { Moment } from '../grant/moment.ts';
import { HeldOutput } from './held-output.ts';
import { Lane } from './lane.ts';
import { KILL_GRACE_MS, runShell, type ShellEnd } from './run-shell.ts';
import { ShellReserve } from './shell-reserve.ts';

/** Commands of a kind at a time: they wait for locks and networks more than for processors. */
export const MAX_RUNNING = 16;

/** Commands of a kind that wait. Beyond it a command is refused: it would start long after its knock. */
export const MAX_WAITING = 1024;

export interface ShellCommandsOptions {
  /** Time limit of each command (`Command_Timeout`); 0: none. */
  readonly limitMs: number;
  readonly now: () => Moment;
  /** One line that a command printed. Bounded in number and length, without control characters. */
  readonly onOutput: (request: CommandRequest, line: string) => void;
  readonly graceMs?: number;
  readonly maxRunning?: number;
  readonly maxWaiting?: number;
}

export class ShellCommands implements CommandBackend {
  readonly #options: ShellCommandsOptions;
  readonly #starts: Lane;
  readonly #stops: Lane;
  readonly #held = new HeldOutput();
  readonly #reserve = new ShellReserve();
  #limitMs: number;

  constructor(options: ShellCommandsOptions) {
    this.#options = options;
    this.#limitMs = options.limitMs;
    const { maxRunning = MAX_RUNNING, maxWaiting = MAX_WAITING } = options;
    this.#starts = new Lane(maxRunning, maxWaiting);
    this.#stops = new Lane(maxRunning, maxWaiting);
  }

  /** For commands that begin from now on, after a reload. */
  setLimitMs(limitMs: number): void {
    this.#limitMs = limitMs;
  }

  /**
   * Has a shell ready for the next command, which takes little more than half the time then. Off in the beginning; true keeps
   * a process until it is false again.
   */
  keepReady(isKept: boolean): void {
    this.#reserve.keep(isKept);
  }

  open(request: CommandRequest): Promise<CommandOutcome> {
    return this.#run(this.#starts, request);
  }

  close(request: CommandRequest): Promise<CommandOutcome> {
    return this.#run(this.#stops, request);
  }

  async #run(lane: Lane, request: CommandRequest): Promise<CommandOutcome> {
    const { now } = this.#options;
    const end = await lane.run(() => this.#runNow(request));
    return end === undefined ? { kind: 'queue-full', at: now() } : this.#outcome(end);
  }

  #runNow(request: CommandRequest): Promise<ShellEnd> {
    const { now, onOutput, graceMs = KILL_GRACE_MS } = this.#options;
    const at = now();
    return runShell(request.command, {
      limitMs: this.#limitMs,
      graceMs,
      held: this.#held,
      reserve: this.#reserve,
      onStarted: () => request.started(at),
      onLine: (line) => onOutput(request, line),
    });
  }

  #outcome(end: ShellEnd): CommandOutcome {
    const at = this.#options.now();
    switch (end.kind) {
      case 'exited':
        return end.status === 0 ? { kind: 'ok', at } : { kind: 'failed-status', status: end.status, at };
      case 'time-limit':
        return { kind: 'time-limit', limitMs: this.#limitMs, at };
      case 'could-not-start':
        return { kind: 'could-not-start', error: end.error, at };
    }
  }
}
