/** Backends for tests: run nothing, keep what they were asked, end each action when and how the test says. */

import type {
  CommandBackend,
  CommandOutcome,
  CommandRequest,
  PortBackend,
  PortOutcome,
  PortRequest,
} from '../../src/grant/backend.ts';
import type { Moment } from '../../src/grant/moment.ts';

export interface RecordedAction {
  readonly action: 'start' | 'stop';
  readonly request: CommandRequest;
  /** Calls the request's `started`. */
  begin(at: Moment): void;
  end(outcome: CommandOutcome): void;
}

export class Recorder implements CommandBackend {
  /** Everything that was asked, in order. */
  readonly asked: RecordedAction[] = [];
  /** What has not been ended yet, in order. */
  readonly pending: RecordedAction[] = [];

  open(request: CommandRequest): Promise<CommandOutcome> {
    return this.#record('start', request);
  }

  close(request: CommandRequest): Promise<CommandOutcome> {
    return this.#record('stop', request);
  }

  #record(action: 'start' | 'stop', request: CommandRequest): Promise<CommandOutcome> {
    return new Promise((resolve) => {
      const recorded: RecordedAction = {
        action,
        request,
        begin: (at) => request.started(at),
        end: (outcome) => {
          this.pending.splice(this.pending.indexOf(recorded), 1);
          resolve(outcome);
        },
      };
      this.asked.push(recorded);
      this.pending.push(recorded);
    });
  }
}

/** A firewall in memory. Requests wait while `isHeld`, and fail while `error` is set. */
export class PortRecorder implements PortBackend {
  /** What is open, `DOOR SOURCE` to its end. */
  readonly openUntil = new Map<string, number>();
  /** Every request that was done, `open DOOR SOURCE` or `close DOOR SOURCE`, in order. */
  readonly done: string[] = [];
  error: string | undefined;
  readonly #now: () => Moment;
  #held: (() => void)[] | undefined;

  constructor(now: () => Moment) {
    this.#now = now;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  open({ door, source, endMs }: PortRequest): Promise<PortOutcome> {
    return this.#do(`open ${door} ${source}`, () => this.openUntil.set(`${door} ${source}`, endMs));
  }

  close({ door, source }: PortRequest): Promise<PortOutcome> {
    return this.#do(`close ${door} ${source}`, () => this.openUntil.delete(`${door} ${source}`));
  }

  async #do(what: string, act: () => void): Promise<PortOutcome> {
    if (this.#held !== undefined) await new Promise<void>((go) => this.#held?.push(go));
    this.done.push(what);
    if (this.error !== undefined) return { kind: 'firewall-failed', error: this.error, at: this.#now() };
    act();
    return { kind: 'ok', at: this.#now() };
  }
}
