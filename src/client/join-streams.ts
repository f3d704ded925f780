/**
 * Joins standard input and output with a connection, as `nc` does: what one side sends the other gets, the end of each direction
 * included, and no faster than it is taken.
 */

import { closeSync, createWriteStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { errnoName } from '../base/op-error.ts';

const STDOUT = 1;

/** Resolves when both directions have ended, or nobody takes the output any more. @throws what broke the connection */
export async function joinStandardStreams(connection: Socket): Promise<void> {
  connection.setNoDelay(true);
  const output = standardOutput();
  let isServed = false;
  const outwards = copy(process.stdin, connection).catch((error: unknown) => {
    // Who has said everything may be gone before everything is said to it.
    if (!isServed) throw error;
  });
  const inwards = copy(connection, output.stream).then(() => {
    isServed = true;
    return output.close();
  });
  try {
    await Promise.all([outwards, inwards]);
  } catch (error) {
    if (errnoName(error) !== 'EPIPE') throw error;
  } finally {
    connection.destroy();
  }
}

/** Until `from` has ended and `to` has taken everything and its end. */
function copy(from: Readable, to: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    from.once('error', reject);
    to.once('error', reject).once('finish', resolve);
    from.pipe(to);
  });
}

interface Output {
  readonly stream: Writable;
  /** So that the reader sees the end while this process lives on. */
  readonly close: () => Promise<void>;
}

/** `process.stdout` cannot be closed. */
function standardOutput(): Output {
  if (isatty(STDOUT)) return { stream: process.stdout, close: async () => {} };
  const stats = fstatSync(STDOUT);
  if (!stats.isFIFO() && !stats.isSocket())
    return {
      stream: createWriteStream('', { fd: STDOUT, autoClose: false }),
      close: async () => closeStdout(),
    };
  const stream = new Socket({ fd: STDOUT, readable: false, writable: true });
  const closed = new Promise((resolve) => stream.once('close', resolve));
  return { stream, close: () => closed.then(closeStdout) };
}

/** Streams leave the standard descriptors open. */
function closeStdout(): void {
  closeSync(STDOUT);
  openSync('/dev/null', 'w'); // so that no other file gets the number
}
