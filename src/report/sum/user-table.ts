/** Whose SPA packets were accepted, by door. Who has no key is never here: such packets are refused. */

import type { UserReport } from './report-data.ts';
import { compareText, ownCopy } from './tally.ts';

const MAX_USERS = 1000;

interface Entry {
  readonly user: string;
  readonly door: string;
  accepted: number;
  lastMs: number;
}

export class UserTable {
  readonly #users = new Map<string, Entry>();

  add(user: string, door: string, atMs: number): void {
    const key = JSON.stringify([user, door]);
    const known = this.#users.get(key);
    if (known === undefined && this.#users.size >= MAX_USERS) return;
    const entry = known ?? { user: ownCopy(user), door: ownCopy(door), accepted: 0, lastMs: 0 };
    entry.accepted++;
    entry.lastMs = Math.max(entry.lastMs, atMs);
    if (known === undefined) this.#users.set(key, entry);
  }

  /** Most packets first. */
  list(): readonly UserReport[] {
    return [...this.#users.values()]
      .toSorted(
        (a, b) => b.accepted - a.accepted || compareText(a.user, b.user) || compareText(a.door, b.door),
      )
      .map(({ user, door, accepted, lastMs }) => ({
        ...{ user, door, accepted },
        lastSeen: new Date(lastMs).toISOString(),
      }));
  }
}
