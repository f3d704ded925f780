/** A backend for tests: runs nothing, keeps what it was asked, ends each action when and how the test says. */

import type { ActionOutcome, ActionRequest, Backend } from '../../src/grant/backend.ts';
import type { Moment } from '../../src/grant/moment.ts';

export interface RecordedAction {
  readonly action: 'start' | 'stop';
  readonly request: ActionRequest;
  /** Calls the request's `started`. */
  begin(at: Moment): void;
  end(outcome: ActionOutcome): void;
}

export class Recorder implements Backend {
  /** Everything that was asked, in order. */
  readonly asked: RecordedAction[] = [];
  /** What has not been ended yet, in order. */
  readonly pending: RecordedAction[] = [];

  open(request: ActionRequest): Promise<ActionOutcome> {
    return this.#record('start', request);
  }

  close(request: ActionRequest): Promise<ActionOutcome> {
    return this.#record('stop', request);
  }

  #record(action: 'start' | 'stop', request: ActionRequest): Promise<ActionOutcome> {
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
