/** Files whose contents survive a power cut: replaced as a whole, or written at their end into space taken in advance. */

import { constants, type Stats } from 'node:fs';
import { copyFile, type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const NEWLINE = 0x0a;

export interface DurableFile {
  /** Each write is on the disk when it returns. */
  readonly file: FileHandle;
  /** Where the next write goes. */
  readonly tailBytes: number;
  /** False: the new file is in place, but a power cut could bring back the old one. */
  readonly durable: boolean;
}

/**
 * Temporary file, fsync, rename, fsync of the directory.
 * @param contents in pieces; each is written before the next is made
 * @param reserveBytes of line breaks follow the contents
 */
export async function replaceFile(
  path: string,
  contents: Iterable<Uint8Array>,
  reserveBytes: number,
): Promise<DurableFile> {
  const temporary = `${path}.new`;
  let file: FileHandle | undefined;
  try {
    const tailBytes = await writeNew(temporary, contents, reserveBytes);
    // Opened before the rename: from then on nothing can fail that would leave the caller with the old file.
    file = await openDurable(temporary);
    await rename(temporary, path);
    return { file, tailBytes, durable: await syncDirectory(dirname(path)) };
  } catch (error) {
    await file?.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Each write is on the disk when it returns. */
export function openDurable(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_DSYNC | constants.O_NOFOLLOW);
}

/** Gives the position after the last byte; a short write goes on until the system says why. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
  return position + bytes.length;
}

/** Puts a copy beside a file and gives its path. */
export async function keepAside(path: string, suffix: string): Promise<string> {
  const aside = `${path}.${suffix}`;
  await copyFile(path, aside);
  return aside;
}

/** Nobody but root and this process's own user may have written it. */
export function isOurs(stats: Stats): boolean {
  return ownedByUs(stats) && (stats.mode & 0o022) === 0;
}

/** Root's or this process's own user's; the mode of a symbolic link says nothing. */
export function ownedByUs({ uid }: Stats): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

async function writeNew(path: string, contents: Iterable<Uint8Array>, reserveBytes: number): Promise<number> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    let tailBytes = 0;
    for (const piece of contents) tailBytes = await writeAt(file, piece, tailBytes);
    await writeAt(file, Buffer.alloc(reserveBytes, NEWLINE), tailBytes);
    await file.sync();
    return tailBytes;
  } finally {
    await file.close();
  }
}

/** Makes a rename in it durable. False where the system cannot. */
async function syncDirectory(path: string): Promise<boolean> {
  try {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await directory.sync().finally(() => directory.close());
    return true;
  } catch {
    return false;
  }
}
