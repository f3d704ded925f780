/** What the last daemon left in the state directory, and that there is one daemon at a time on it. */

import type { Logger } from '../base/logger.ts';
import { OpError } from '../base/op-error.ts';
import { Journal, journalLockPath } from '../grant/journal.ts';
import type { HandBan } from '../knock/hand-bans.ts';
import { BanFile } from './ban-file.ts';
import { makeDirectory } from './make-directory.ts';
import { lockFile } from './pid-file.ts';

export interface State {
  readonly directory: string;
  readonly journal: Journal;
  readonly banFile: BanFile;
  readonly bans: readonly HandBan[];
}

/** @throws OpError when the directory or something in it cannot be used, or another daemon uses it */
export async function openState(directory: string, log: Logger): Promise<State> {
  prepareLock(directory);
  const journal = await Journal.open({ directory, log });
  const { file, bans } = await BanFile.open(directory, log);
  return { directory, journal, banFile: file, bans };
}

/** Two would close each other's doors. */
function prepareLock(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (cause) {
    const hint = "run as root, or name a directory with 'StateDir = DIR' in [options]";
    throw new OpError({ op: 'make the state directory', target: directory, cause, hint });
  }
  const otherwise = "give this one a directory of its own with 'StateDir = DIR' in [options]";
  lockFile(journalLockPath(directory), process.pid, otherwise);
}
