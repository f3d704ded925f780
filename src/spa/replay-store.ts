/**
 * The replay window with a file behind it, so that a crash or restart lets no packet be used twice.
 *
 * A packet counts as seen at once, in memory. Whoever opens a door on it waits for `written` first: when the disk
 * refuses, the door stays shut. Packets of one turn of the event loop share a write. Space is taken in advance, so a disk
 * that fills up later refuses nothing for a while.
 *
 * A damaged file is kept beside, and every packet that could have been in it is refused: those made until one age limit
 * after the start. One daemon at a time: the caller holds the lock on the state directory.
 */

import type { FileHandle } from 'node:fs/promises';
import { keepAside, openDurable, replaceFile, writeAt } from '../base/durable-file.ts';
import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { writeHint } from '../base/write-hint.ts';
import { type ReplayContents, readReplayFile } from './replay-file.ts';
import { formatReplayRecord, REPLAY_HEADER, REPLAY_LINE_BYTES, type ReplayRecord } from './replay-record.ts';
import { type ReplayLimits, type ReplayMemory, ReplayWindow } from './replay-window.ts';
import type { SeenPacket } from './seen-digests.ts';

/** Room for about 800 packets before the file is written anew. */
const RESERVE_BYTES = 64 * 1024;

export interface ReplayStoreOptions extends ReplayLimits {
  readonly path: string;
  /** Wall clock, seconds since 1970-01-01 UTC. */
  readonly nowS: number;
  readonly log: Logger;
  readonly reserveBytes?: number;
}

type WriteResult = Result<void, OpError>;

export class ReplayStore implements ReplayMemory {
  readonly #path: string;
  readonly #log: Logger;
  readonly #maxAgeS: number;
  readonly #reserveBytes: number;
  readonly #window: ReplayWindow;
  #file: FileHandle | undefined;
  #tailBytes = 0;
  /** After a failed write the file's end is unknown: it must be written anew. */
  #damaged = false;
  #failing = false;
  #isInMemory = false;
  #pending: string[] = [];
  #waiting: ((result: WriteResult) => void)[] = [];
  #draining: Promise<void> | undefined;

  private constructor(options: ReplayStoreOptions) {
    this.#path = options.path;
    this.#log = options.log;
    this.#maxAgeS = options.maxAgeS;
    this.#reserveBytes = options.reserveBytes ?? RESERVE_BYTES;
    this.#window = new ReplayWindow(options);
  }

  /** Without a file: for a rehearsal, in which nothing opens. */
  static inMemory(limits: ReplayLimits): ReplayStore {
    const store = new ReplayStore({ ...limits, path: '', nowS: 0, log: { log: () => undefined } });
    store.#isInMemory = true;
    return store;
  }

  /** Reads what is there and makes the file new. Throws OpError when it cannot be read, written or kept beside. */
  static async open(options: ReplayStoreOptions): Promise<ReplayStore> {
    const store = new ReplayStore(options);
    const contents = await readReplayFile(options.path);
    if (contents !== undefined) await store.#take(contents, options.nowS);
    try {
      await store.#rewrite();
    } catch (cause) {
      await store.#goOnWithOldFile(contents, cause);
    }
    return store;
  }

  get size(): number {
    return this.#window.size;
  }

  /** Packets made up to this time are refused; 0 when there are none. Seconds since 1970-01-01 UTC. */
  get floorS(): number {
    return this.#window.floorS;
  }

  mayHold(fingerprint: number): boolean {
    return this.#window.mayHold(fingerprint);
  }

  holds(digest: string): boolean {
    return this.#window.holds(digest);
  }

  isForgotten(timeS: number): boolean {
    return this.#window.isForgotten(timeS);
  }

  add(packet: SeenPacket, nowS: number): boolean {
    if (!this.#window.add(packet, nowS)) return false;
    this.#pending.push(formatReplayRecord({ kind: 'packet', packet }));
    this.#draining ??= this.#drain();
    return true;
  }

  /** Resolves when every packet that was added before is on the disk, or cannot be. Never rejects. */
  written(): Promise<WriteResult> {
    return new Promise((done) => {
      this.#waiting.push(done);
      this.#draining ??= this.#drain();
    });
  }

  /** Waits until everything is written. */
  async close(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #take({ records, isCut, damage, writtenS }: ReplayContents, nowS: number): Promise<void> {
    for (const record of records) this.#restore(record);
    if (isCut) this.#log.log('notice', `${this.#path}: the last line was cut off by a crash; it is skipped`);
    if (damage !== undefined) await this.#refuseWhatIsLost(damage, Math.max(nowS, writtenS, newest(records)));
  }

  #restore(record: ReplayRecord): void {
    if (record.kind === 'packet') this.#window.restore(record.packet);
    else this.#window.raiseFloor(record.timeS);
  }

  async #refuseWhatIsLost(damage: string, lastS: number): Promise<void> {
    const floorS = lastS + this.#maxAgeS;
    this.#window.raiseFloor(floorS);
    const aside = await keepAside(this.#path, `damaged-${lastS}`).catch((cause: unknown) => {
      throw new OpError({ op: 'keep the damaged replay file beside', target: this.#path, cause });
    });
    const until = new Date(floorS * 1000).toISOString();
    const text = `the replay file '${this.#path}' is damaged: ${damage}; packets made until ${until} are refused`;
    this.#log.log('error', `${text}, the file is kept as '${aside}'`);
  }

  /** Restarting on a full disk: the space that the old file holds serves on, unless it was damaged. */
  async #goOnWithOldFile(contents: ReplayContents | undefined, cause: unknown): Promise<void> {
    const isSound = contents !== undefined && contents.damage === undefined;
    this.#file = isSound ? await openDurable(this.#path).catch(() => undefined) : undefined;
    if (contents === undefined || this.#file === undefined) {
      throw new OpError({ op: 'write the replay file', target: this.#path, cause, hint: writeHint(cause) });
    }
    this.#tailBytes = contents.tailBytes;
    this.#tellFailure(cause);
  }

  async #drain(): Promise<void> {
    // Packets of the same turn of the event loop share the first write.
    await Promise.resolve();
    try {
      while (this.#pending.length > 0 || this.#waiting.length > 0) await this.#drainOnce();
    } finally {
      // In the same step as the last look at what waits: a packet that comes next must start anew.
      this.#draining = undefined;
    }
  }

  async #drainOnce(): Promise<void> {
    const [lines, waiting] = [this.#pending.join(''), this.#waiting];
    [this.#pending, this.#waiting] = [[], []];
    const result = await this.#write(lines);
    for (const done of waiting) done(result);
  }

  async #write(lines: string): Promise<WriteResult> {
    if (this.#isInMemory) return ok(undefined);
    try {
      if (this.#file === undefined) throw new Error('the file is closed');
      // A new file has everything that memory has.
      if (await this.#isMadeNew()) this.#tellRecovery();
      else await this.#append(this.#file, lines);
      return ok(undefined);
    } catch (cause) {
      this.#damaged = true;
      this.#tellFailure(cause);
      return fail(new OpError({ op: 'write the replay file', target: this.#path, cause }));
    }
  }

  /** Throws when it must be made new and cannot be. */
  async #isMadeNew(): Promise<boolean> {
    if (!this.#damaged && !this.#isMostlyDead() && !this.#failing) return false;
    try {
      await this.#rewrite();
      return true;
    } catch (cause) {
      if (this.#damaged) throw cause;
      this.#tellFailure(cause);
      return false;
    }
  }

  async #append(file: FileHandle, lines: string): Promise<void> {
    if (lines !== '') this.#tailBytes = await writeAt(file, Buffer.from(lines), this.#tailBytes);
  }

  #isMostlyDead(): boolean {
    const liveBytes = this.#window.size * REPLAY_LINE_BYTES;
    return this.#tailBytes > this.#reserveBytes / 2 && this.#tailBytes > 2 * liveBytes;
  }

  async #rewrite(): Promise<void> {
    const floor = formatReplayRecord({ kind: 'floor', timeS: this.#window.floorS });
    const lines = [...this.#window.packets()].map((packet) => formatReplayRecord({ kind: 'packet', packet }));
    const fresh = await replaceFile(
      this.#path,
      [Buffer.from(REPLAY_HEADER + floor + lines.join(''))],
      this.#reserveBytes,
    );
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
    this.#log.log('error', `failed to write the replay file '${this.#path}': ${messageOf(cause)}`);
  }

  #tellRecovery(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#log.log('notice', `the replay file '${this.#path}' is written again`);
  }
}

function newest(records: readonly ReplayRecord[]): number {
  let timeS = 0;
  for (const record of records)
    timeS = Math.max(timeS, record.kind === 'packet' ? record.packet.timeS : record.timeS);
  return timeS;
}
