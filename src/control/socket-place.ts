/**
 * The place of the control socket in the file system. A file that a crash left behind is taken over, a daemon that
 * answers is left alone, and so is any file that is no socket.
 */

import { lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { errnoName, OpError } from '../base/op-error.ts';

/** sockaddr_un holds 108 bytes with the closing NUL (unix(7)); a longer path would be cut without a word. */
const MAX_PATH_BYTES = 107;

const DIRECTORY_MODE = 0o700;

/** Leaves reading and writing to the owner. */
const SOCKET_UMASK = 0o177;

const HINT = "name another with 'Control_Socket = PATH' in [options]";

/**
 * Listens there, for root and the daemon's own user alone: never, not for a moment, with a wider mode.
 * @throws OpError, with the code EADDRINUSE where somebody else has the place
 */
export async function listenAt(server: Server, path: string): Promise<void> {
  const temporary = join(dirname(path), `.${process.pid}`);
  try {
    refuseLong(path);
    refuseLong(temporary);
    mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
    await refuseTaken(path);
    rmSync(temporary, { force: true });
    await listen(server, temporary);
    renameSync(temporary, path);
  } catch (cause) {
    server.close(); // takes the temporary file away, too
    const code = cause instanceof Taken ? { code: 'EADDRINUSE' } : {};
    throw new OpError({ op: 'open the control socket', target: path, cause, hint: HINT, ...code });
  }
}

/** Somebody else has the place. */
class Taken extends Error {}

function refuseLong(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES)
    throw new Error(`the path has ${bytes} bytes, a socket's has at most ${MAX_PATH_BYTES}`);
}

async function refuseTaken(path: string): Promise<void> {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isSocket()) throw new Taken('the file there is no socket');
  if (await isAnswered(path)) throw new Taken('another daemon answers there');
}

/** A socket that nobody listens on refuses at once; anything but that is somebody's. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(errnoName(error) ?? '')));
  });
}

/** The file is made within the call of `listen`, which is why the umask can be changed for it alone. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const umask = process.umask(SOCKET_UMASK);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(umask);
    }
  });
}
