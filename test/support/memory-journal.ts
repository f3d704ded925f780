/** A journal for tests that keeps grants in memory and answers at once. */

import type { OpError } from '../../src/base/op-error.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import type { GrantJournal } from '../../src/grant/journal.ts';
import type { GrantRecord } from '../../src/grant/journal-record.ts';

export class MemoryJournal implements GrantJournal {
  readonly live = new Map<number, GrantRecord>();
  /** Set it to make the next grants fail. */
  broken: OpError | undefined;
  #nextId = 1;

  nextId(): number {
    return this.#nextId++;
  }

  opened(grant: GrantRecord): Promise<Result<void, OpError>> {
    if (this.broken !== undefined) return Promise.resolve(fail(this.broken));
    this.live.set(grant.id, grant);
    return Promise.resolve(ok(undefined));
  }

  refreshed(id: number, endMs: number): void {
    const grant = this.live.get(id);
    if (grant !== undefined) this.live.set(id, { ...grant, endMs });
  }

  closed(id: number): void {
    this.live.delete(id);
  }
}
