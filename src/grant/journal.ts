/**
 * The journal of grants: what must be closed again even after SIGKILL or a power cut.
 *
 * A grant is on the disk before its start command runs, and its end is written after its stop command has ended.
 * Records that come while a write is under way go together into the next one (group commit), so a burst costs a few
 * writes and the event loop never waits for the disk. When most of the file speaks of grants that are over it is
 * replaced by a short one.
 *
 * When the disk refuses a record the door stays shut: nothing would be left to close it after a crash. A full disk
 * does not come to this soon, for space is taken in advance (journal-file.ts). Doors without a stop command, which
 * need no journal, open as ever.
 *
 * One daemon at a time: the caller holds a lock on `journalLockPath` before it opens the journal.
 */

import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { keepAside, openDurable } from '../base/durable-file.ts';
import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { writeHint } from '../base/write-hint.ts';
import {
  type JournalContents,
  journalPath,
  MAX_JOURNAL_BYTES,
  prepareStateDirectory,
  RESERVE_BYTES,
  readJournal,
  writeJournal,
} from './journal-file.ts';
import {
  formatRecord,
  type GrantRecord,
  JOURNAL_VERSION,
  type JournalRecord,
  type ParsedLine,
} from './journal-record.ts';

/** Bytes written at once: bounds what one slow write holds back. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** What `grants.ts` needs of a journal. */
export interface GrantJournal {
  nextId(): number;
  /** Resolves when the record is on the disk, or cannot be. Never rejects. */
  opened(grant: GrantRecord): Promise<Result<void, OpError>>;
  refreshed(id: number, endMs: number): void;
  closed(id: number): void;
}

export interface JournalHealth {
  readonly path: string;
  /** False while records cannot be written, or the file's end is unknown after that. */
  readonly healthy: boolean;
  /** How often the disk was written to. */
  readonly writes: number;
}

export interface JournalOptions {
  readonly directory: string;
  readonly log: Logger;
  readonly reserveBytes?: number;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly text: string;
  readonly done: (result: Result<void, OpError>) => void;
}

/** The file to lock for as long as the state directory is in use. */
export function journalLockPath(directory: string): string {
  return join(directory, 'lock');
}

export class Journal implements GrantJournal {
  readonly #path: string;
  readonly #log: Logger;
  readonly #reserveBytes: number;
  readonly #live = new Map<number, GrantRecord>();
  #file: FileHandle | undefined;
  #tailBytes = 0;
  #liveBytes = 0;
  /** After a failed write the file's end is unknown: the next record starts a line of its own. */
  #damaged = false;
  #failing = false;
  #nextId = 1;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #writes = 0;

  private constructor(options: JournalOptions) {
    this.#path = journalPath(options.directory);
    this.#log = options.log;
    this.#reserveBytes = options.reserveBytes ?? RESERVE_BYTES;
  }

  /** Reads what is there and makes the file new. Throws OpError when the directory cannot be used. */
  static async open(options: JournalOptions): Promise<Journal> {
    await prepareStateDirectory(options.directory);
    const journal = new Journal(options);
    await journal.#load();
    return journal;
  }

  /** Grants that were not closed when the last daemon ended, oldest first. */
  liveGrants(): readonly GrantRecord[] {
    return [...this.#live.values()];
  }

  /** How often the disk was written to, for figures. */
  get writes(): number {
    return this.#writes;
  }

  get health(): JournalHealth {
    return { path: this.#path, healthy: !this.#failing && !this.#damaged, writes: this.#writes };
  }

  nextId(): number {
    return this.#nextId++;
  }

  opened(grant: GrantRecord): Promise<Result<void, OpError>> {
    return this.#append({ kind: 'open', grant });
  }

  refreshed(id: number, endMs: number): void {
    void this.#append({ kind: 'refresh', id, endMs });
  }

  closed(id: number): void {
    void this.#append({ kind: 'close', id });
  }

  /** Waits until everything is written. */
  async close(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #load(): Promise<void> {
    const contents = await readJournal(this.#path);
    this.#refuseUnknown(contents);
    this.#tailBytes = contents.usedBytes;
    await this.#tellCorrupt(contents);
    for (const { parsed } of contents.lines) if (isRecord(parsed)) this.#apply(parsed);
    try {
      await this.#rewrite();
    } catch (cause) {
      await this.#goOnWithOldFile(cause);
    }
  }

  /** Nothing of it is forgotten: a daemon that knows the version has to close what it holds. */
  #refuseUnknown({ lines }: JournalContents): void {
    for (const { number, parsed } of lines) {
      if (parsed.kind !== 'unknown-version') continue;
      const what = `line ${number} is of version ${parsed.version}, expected ${JOURNAL_VERSION}`;
      const hint = 'start the newer Postern that wrote it, or move the file away and close its doors by hand';
      throw new OpError({ op: 'read the journal', target: this.#path, cause: new Error(what), hint });
    }
  }

  /** A torn last line is what a crash leaves; damage before it may be a grant, so the file is kept as it was. */
  async #tellCorrupt({ lines }: JournalContents): Promise<void> {
    const corrupt = lines.filter(({ parsed }) => parsed.kind === 'corrupt').map(({ number }) => number);
    const damaged = corrupt.filter((number) => number !== lines.at(-1)?.number);
    const aside = damaged.length === 0 ? '' : await this.#keepDamaged();
    for (const number of corrupt) {
      const isTorn = !damaged.includes(number);
      const what = isTorn
        ? 'the last line was cut off by a crash; it is skipped, all others count'
        : `the line is damaged; it is skipped, all others count; kept as '${aside}', close its door by hand`;
      this.#log.log(isTorn ? 'notice' : 'error', `${this.#path}:${number}: ${what}`);
    }
  }

  async #keepDamaged(): Promise<string> {
    try {
      return await keepAside(this.#path, `damaged-${Date.now()}`);
    } catch (cause) {
      throw new OpError({ op: 'keep the damaged journal beside', target: this.#path, cause });
    }
  }

  /** Restarting on a full disk: the space that the old file holds serves on. */
  async #goOnWithOldFile(cause: unknown): Promise<void> {
    try {
      this.#file = await openDurable(this.#path);
    } catch {
      throw new OpError({
        op: 'write the journal',
        target: this.#path,
        cause,
        hint: writeHint(cause),
      });
    }
    this.#damaged = true;
    this.#tellFailure(cause);
  }

  #append(record: JournalRecord): Promise<Result<void, OpError>> {
    return new Promise((done) => {
      this.#waiting.push({ record, text: formatRecord(record), done });
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // Records of the same turn of the event loop share the first write.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) await this.#drainOnce();
    } finally {
      // In the same step as the last look at what waits: a record that comes next must start anew.
      this.#draining = undefined;
    }
  }

  async #drainOnce(): Promise<void> {
    if (this.#damaged) await this.#tryRewrite();
    const batch = this.#takeBatch();
    const result = await this.#write(batch);
    for (const { record, done } of batch) {
      // A grant whose record failed stays shut; other records hold even when the disk has not heard of them yet.
      if (result.ok || record.kind !== 'open') this.#apply(record);
      done(result);
    }
    if (this.#isMostlyDead()) await this.#tryRewrite();
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < MAX_BATCH_BYTES)
      bytes += this.#waiting[count++]!.text.length;
    return this.#waiting.splice(0, count);
  }

  async #write(batch: readonly Waiting[]): Promise<Result<void, OpError>> {
    const text = (this.#damaged ? '\n' : '') + batch.map((waiting) => waiting.text).join('');
    const bytes = Buffer.from(text);
    this.#writes++;
    try {
      if (this.#file === undefined) throw new Error('the journal is closed');
      if (this.#tailBytes + bytes.length > MAX_JOURNAL_BYTES) throw new Error('the journal is too large');
      await this.#writeAtTail(this.#file, bytes);
      this.#tellRecovery();
      return ok(undefined);
    } catch (cause) {
      this.#damaged = true;
      this.#tellFailure(cause);
      return fail(new OpError({ op: 'write the journal', target: this.#path, cause }));
    }
  }

  /** After a fault in the middle the tail lies behind what was written, so that nothing of it is left over. */
  async #writeAtTail(file: FileHandle, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, this.#tailBytes);
      done += bytesWritten;
      this.#tailBytes += bytesWritten;
    }
  }

  #apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'open':
        this.#nextId = Math.max(this.#nextId, record.grant.id + 1);
        this.#setLive(record.grant);
        return;
      case 'refresh': {
        const grant = this.#live.get(record.id);
        if (grant !== undefined) this.#setLive({ ...grant, endMs: record.endMs });
        return;
      }
      case 'close': {
        const grant = this.#live.get(record.id);
        if (grant !== undefined) this.#liveBytes -= lengthOf(grant);
        this.#live.delete(record.id);
      }
    }
  }

  #setLive(grant: GrantRecord): void {
    const before = this.#live.get(grant.id);
    if (before !== undefined) this.#liveBytes -= lengthOf(before);
    this.#liveBytes += lengthOf(grant);
    this.#live.set(grant.id, grant);
  }

  #isMostlyDead(): boolean {
    return this.#tailBytes > this.#reserveBytes / 2 && this.#tailBytes > 2 * this.#liveBytes;
  }

  async #tryRewrite(): Promise<void> {
    try {
      await this.#rewrite();
    } catch (cause) {
      this.#tellFailure(cause);
    }
  }

  async #rewrite(): Promise<void> {
    const fresh = await writeJournal(this.#path, this.#live.values(), this.#reserveBytes);
    const old = this.#file;
    this.#file = fresh.file;
    this.#tailBytes = fresh.tailBytes;
    this.#damaged = !fresh.durable;
    await old?.close().catch(() => undefined);
  }

  /** Once, until it works again: the disk's trouble must not fill the log. */
  #tellFailure(cause: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#log.log('error', `failed to write the journal '${this.#path}': ${messageOf(cause)}`);
  }

  #tellRecovery(): void {
    if (this.#failing && !this.#damaged)
      this.#log.log('notice', `the journal '${this.#path}' is written again`);
    if (!this.#damaged) this.#failing = false;
  }
}

function isRecord(parsed: ParsedLine): parsed is JournalRecord {
  return parsed.kind !== 'corrupt' && parsed.kind !== 'unknown-version';
}

/** Near enough for deciding when most of the file is dead. */
function lengthOf({ door, source, means }: GrantRecord): number {
  const commands = means.kind === 'commands' ? means.start.length + means.stop.length : 0;
  return door.length + source.length + commands + 120;
}
