/** Files with secrets: readable for their owner alone, and never written over by accident. */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errnoName, OpError } from '../base/op-error.ts';

/** All of it or nothing, and durable when it returns. @param force replace what is there. @throws OpError */
export function writeSecretFile(path: string, text: string | Uint8Array, force: boolean): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeNew(temporary, text);
    if (force) renameSync(temporary, path);
    else linkSync(temporary, path); // fails where something is there
    syncDirectory(dirname(path));
  } catch (cause) {
    if (errnoName(cause) === 'EEXIST') {
      const hint = 'move it away, or write over it with --force';
      throw new OpError({ op: 'write', target: path, cause: new Error('it is there already'), hint });
    }
    throw new OpError({ op: 'write', target: path, cause });
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNew(path: string, text: string | Uint8Array): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
