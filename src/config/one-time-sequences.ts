/**
 * The file of `One_Time_Sequences`: one sequence a line, the first unused one counts, a used one is kept behind a `#`.
 * A line is marked by replacing the whole file: a crash leaves the old one or the new one, and when `markUsed` returns,
 * the new one is on the disk.
 */

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Diagnostic, Step } from './config.ts';
import { Faults } from './faults.ts';
import { readText } from './load-config.ts';
import { trimPiece } from './piece.ts';
import { quote } from './quote.ts';
import { sequenceValue } from './sequence-value.ts';

export interface OneTimeSequence {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The line as it stands in the file, without its end. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** The first unused sequence. An error when there is none, or it is none. */
export function readOneTimeFile(path: string): Result<OneTimeSequence, Diagnostic> {
  const content = readText(path);
  if (!content.ok) return fail(about(path, 0, `cannot read ${quote(path)}: ${content.error}`));
  const lines = content.value.split('\n');
  const index = lines.findIndex(isUnused);
  const text = lines[index];
  if (text === undefined) {
    return fail(about(path, 0, 'every sequence in it is used', 'add new ones, a line each, and reload'));
  }
  const faults = new Faults();
  const steps = sequenceValue(trimPiece({ text, file: path, line: index + 1, column: 1 }), faults);
  if (steps !== undefined) return ok({ path, line: index + 1, text, steps });
  return fail(faults.sorted([path])[0] ?? about(path, index + 1, 'this is no sequence'));
}

/** Comments the line out. An error when that cannot be made sure of: then the sequence must not open anything. */
export function markUsed({ path, line, text }: OneTimeSequence): Result<void, Diagnostic> {
  const content = readText(path);
  if (!content.ok) return fail(about(path, 0, `cannot read ${quote(path)}: ${content.error}`));
  const lines = content.value.split('\n');
  if (lines[line - 1] !== text) {
    return fail(
      about(path, line, 'the line was changed after it had been read', 'reload to read the file anew'),
    );
  }
  lines[line - 1] = `#${text}`;
  try {
    replaceFile(realpathSync(path), lines.join('\n'));
    return ok(undefined);
  } catch (error) {
    const hint = 'the daemon must be able to write the file and its directory';
    return fail(about(path, line, `cannot mark the sequence as used: ${messageOf(error)}`, hint));
  }
}

function isUnused(line: string): boolean {
  const text = line.trim();
  return text !== '' && !text.startsWith('#');
}

/** Keeps mode and owner. */
function replaceFile(path: string, text: string): void {
  const { mode, uid, gid } = statSync(path);
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true }); // what a crash left
  try {
    const fd = openSync(fresh, 'wx', 0o600);
    try {
      writeFileSync(fd, text);
      fchownSync(fd, uid, gid);
      fchmodSync(fd, mode & 0o7777);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function about(file: string, line: number, message: string, hint?: string): Diagnostic {
  return { file, line, column: 0, message, hint };
}
