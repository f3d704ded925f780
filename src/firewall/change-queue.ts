/**
 * The work of one backend, one piece after the other, in the order of the calls. Changes that wait together and with
 * nothing else between them are committed as one group, since each run of a firewall's program costs milliseconds.
 */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import { Lane } from './lane.ts';

/** One result for each change of the group, in its order. Never rejects. */
export type CommitChanges<Change> = (changes: readonly Change[]) => Promise<readonly Result<void, OpError>[]>;

interface Group<Change> {
  readonly changes: Change[];
  readonly results: Promise<readonly Result<void, OpError>[]>;
}

export class ChangeQueue<Change> {
  readonly #commit: CommitChanges<Change>;
  readonly #maxGroup: number;
  /** One at a time. How many wait is bounded by the caller. */
  readonly #lane = new Lane(1, Number.POSITIVE_INFINITY);
  /** The last of those that wait; undefined when something else came after it. */
  #open: Group<Change> | undefined;

  constructor(maxGroup: number, commit: CommitChanges<Change>) {
    this.#maxGroup = maxGroup;
    this.#commit = commit;
  }

  async change(change: Change): Promise<Result<void, OpError>> {
    const group = this.#open ?? this.#newGroup();
    const place = group.changes.push(change) - 1;
    if (group.changes.length === this.#maxGroup) this.#open = undefined;
    return (await group.results)[place]!;
  }

  /** Runs when everything before has ended; what comes after waits for it. */
  alone<T>(job: () => Promise<T>): Promise<T> {
    this.#open = undefined;
    return this.#run(job);
  }

  #newGroup(): Group<Change> {
    const changes: Change[] = [];
    const results = this.#run(() => {
      if (this.#open?.changes === changes) this.#open = undefined;
      return this.#commit(changes);
    });
    const group = { changes, results };
    this.#open = group;
    return group;
  }

  #run<T>(job: () => Promise<T>): Promise<T> {
    // Begins in a later turn, so that changes made together are one group even when nothing runs.
    const begun = this.#lane.run(async () => {
      await null;
      return job();
    });
    if (begun === undefined) throw new Error('a lane without a bound refused a job');
    return begun;
  }
}
