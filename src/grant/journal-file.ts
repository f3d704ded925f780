/**
 * The journal as a file: read whole at the start, replaced atomically, padded with empty lines.
 *
 * The padding is disk space taken in advance. A disk that fills up later must not lock an operator out who knocks to
 * clean it up, and writing over blocks that exist already is also the fastest durable write there is.
 */

import { constants } from 'node:fs';
import { lstat, mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DurableFile, isOurs, ownedByUs, replaceFile } from '../base/durable-file.ts';
import { errnoName, OpError } from '../base/op-error.ts';
import { formatRecord, type GrantRecord, type ParsedLine, parseRecord } from './journal-record.ts';

/** Room for about 300 grants from open to close before the file is written anew. */
export const RESERVE_BYTES = 256 * 1024;

/** 65,536 grants with commands of 2 KiB, written twice; a larger file was not written by this program. */
export const MAX_JOURNAL_BYTES = 512 * 1024 * 1024;

/** Grants serialised between two turns of the event loop while the file is written anew. */
const SLICE = 500;

const NEWLINE = 0x0a;

export interface JournalContents {
  /** In the order of the file; corrupt lines are among them. */
  readonly lines: readonly { readonly number: number; readonly parsed: ParsedLine }[];
  /** Length without the padding. */
  readonly usedBytes: number;
}

export function journalPath(directory: string): string {
  return join(directory, 'grants.journal');
}

/**
 * Creates the state directory (0700); refuses one in which others could plant commands, which a shell would run. A link of our
 * own to it will do: systemd makes one for DynamicUser=. Throws OpError.
 */
export async function prepareStateDirectory(directory: string): Promise<void> {
  const op = 'use the state directory';
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const stats = await stat(directory);
    if (stats.isDirectory() && isOurs(stats) && ownedByUs(await lstat(directory))) return;
  } catch (cause) {
    throw new OpError({
      op,
      target: directory,
      cause,
      hint: 'StateDir in [options] names another directory',
    });
  }
  const code =
    'it must be a directory that only its owner can write to, owned by the user who runs the daemon';
  throw new OpError({
    op,
    target: directory,
    code,
    hint: `chown root '${directory}'; chmod 0700 '${directory}'`,
  });
}

/** No file is an empty journal. Throws OpError. */
export async function readJournal(path: string): Promise<JournalContents> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || !isOurs(stats))
        throw new Error('not a regular file that only its owner can write to');
      if (stats.size > MAX_JOURNAL_BYTES) throw new Error(`larger than ${MAX_JOURNAL_BYTES} bytes`);
      return parseJournal(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errnoName(cause) === 'ENOENT') return { lines: [], usedBytes: 0 };
    throw new OpError({
      op: 'read the journal',
      target: path,
      cause,
      hint: 'move it away to start without it',
    });
  }
}

/** Empty lines and NUL bytes (blocks that a power cut left unwritten) say nothing and are skipped. */
export function parseJournal(bytes: Buffer): JournalContents {
  const lines: { number: number; parsed: ParsedLine }[] = [];
  let usedBytes = 0;
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from);
    const to = found < 0 ? bytes.length : found;
    number++;
    const text = bytes.toString('utf8', from, to).replaceAll('\0', '').trim();
    if (text !== '') {
      lines.push({ number, parsed: parseRecord(text) });
      usedBytes = to;
    }
    from = to + 1;
  }
  return { lines, usedBytes };
}

/** Replaces the journal by one that holds just `grants` and the reserve: temporary file, fsync, rename, fsync. */
export function writeJournal(
  path: string,
  grants: Iterable<GrantRecord>,
  reserveBytes: number,
): Promise<DurableFile> {
  return replaceFile(path, slices(grants), reserveBytes);
}

function* slices(grants: Iterable<GrantRecord>): Generator<Buffer> {
  let text: string[] = [];
  for (const grant of grants) {
    text.push(formatRecord({ kind: 'open', grant }));
    if (text.length < SLICE) continue;
    yield Buffer.from(text.join(''));
    text = [];
  }
  if (text.length > 0) yield Buffer.from(text.join(''));
}
