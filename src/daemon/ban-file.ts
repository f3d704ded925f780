/**
 * Bans by hand on the disk, so that they survive a restart. Read whole at the start, replaced atomically at each change.
 * What cannot be read is told and kept beside; the daemon starts without it.
 */

import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepAside, replaceFile } from '../base/durable-file.ts';
import type { Logger } from '../base/logger.ts';
import { errnoName, OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { HandBan } from '../knock/hand-bans.ts';
import { formatBans, parseBans } from './ban-text.ts';

export class BanFile {
  readonly #path: string;
  #writing: Promise<unknown> = Promise.resolve();
  #waiting: Promise<Result<void, OpError>> | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @param directory there already. @throws OpError when the file is there and cannot be read or kept */
  static async open(directory: string, log: Logger): Promise<{ file: BanFile; bans: readonly HandBan[] }> {
    const path = join(directory, 'bans.json');
    return { file: new BanFile(path), bans: await read(path, log) };
  }

  /** Resolves when `bans`, as they are then, are on the disk. Calls that come during a write share the next one. */
  save(bans: () => readonly HandBan[]): Promise<Result<void, OpError>> {
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = undefined;
      const written = this.#write(formatBans(bans()));
      this.#writing = written;
      return written;
    });
    return this.#waiting;
  }

  /** Waits until everything is written. */
  async close(): Promise<void> {
    await this.#waiting;
    await this.#writing;
  }

  async #write(text: string): Promise<Result<void, OpError>> {
    try {
      const { file } = await replaceFile(this.#path, [Buffer.from(text)], 0);
      await file.close();
      return ok(undefined);
    } catch (cause) {
      return fail(new OpError({ op: 'write the bans', target: this.#path, cause }));
    }
  }
}

async function read(path: string, log: Logger): Promise<readonly HandBan[]> {
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (cause) {
    if (errnoName(cause) === 'ENOENT') return [];
    const hint = 'move it away to start without its bans';
    throw new OpError({ op: 'read the bans', target: path, cause, hint });
  }
  const { bans, fault } = parseBans(text);
  if (fault !== undefined) log.log('error', `${path}: ${fault}; kept as '${await aside(path)}'`);
  return bans;
}

async function aside(path: string): Promise<string> {
  try {
    return await keepAside(path, `damaged-${Date.now()}`);
  } catch (cause) {
    throw new OpError({ op: 'keep the damaged bans beside', target: path, cause });
  }
}
