/** A journal in a directory of its own, records to put into it, and what was logged about it. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../src/base/logger.ts';
import { Journal } from '../../src/grant/journal.ts';
import { journalPath } from '../../src/grant/journal-file.ts';
import type { GrantRecord } from '../../src/grant/journal-record.ts';

/** All of it follows from the id, so that a record that was read can be checked. The commands have more bytes than letters. */
export function grantRecord(id: number, change: Partial<GrantRecord> = {}): GrantRecord {
  const source = `192.0.2.${id % 256}`;
  const means = {
    kind: 'commands',
    start: `öffne ${id} "${source}"`,
    stop: `schließe ${id} "${source}"\t${'x'.repeat(id % 50)}`,
  } as const;
  return {
    id,
    door: `door ${id}`,
    source,
    means,
    endMs: 1_700_000_000_000 + id,
    timeoutMs: 10_000,
    ...change,
  };
}

export class JournalBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'postern-journal-'));
  readonly path = journalPath(this.directory);
  /** `level message`. */
  readonly logged: string[] = [];
  readonly #log: Logger = { log: (level, message) => this.logged.push(`${level} ${message}`) };

  open(reserveBytes?: number): Promise<Journal> {
    const { directory } = this;
    return Journal.open({
      directory,
      log: this.#log,
      ...(reserveBytes === undefined ? {} : { reserveBytes }),
    });
  }

  /** The ids of the grants that the next start finds. */
  async liveIds(): Promise<readonly number[]> {
    const journal = await this.open();
    await journal.close();
    return journal.liveGrants().map(({ id }) => id);
  }

  /** What the file holds without its padding. */
  text(): string {
    return readFileSync(this.path, 'utf8').trimEnd();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
