/**
 * The file of `One_Time_Sequences`: one sequence a line, the first unused one counts, a used one is kept behind a `#`.
 * Bytes are kept as they are, text or not. A line is marked by replacing the whole file: a crash leaves the old one or
 * the new one, and when `markUsed` returns, the new one is on the disk.
 */

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Diagnostic, Step } from './config.ts';
import { Faults } from './faults.ts';
import { readBytes } from './load-config.ts';
import { type Piece, trimPiece } from './piece.ts';
import { quote } from './quote.ts';
import { sequenceValue } from './sequence-value.ts';

export interface OneTimeSequence {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The line as it stands in the file, without its end and without a mark of the byte order. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** One line of a file, and where it begins in it. */
interface ByteLine {
  readonly line: number;
  readonly offset: number;
  readonly text: string;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** The first unused sequence. An error when there is none, or it is none. */
export function readOneTimeFile(path: string): Result<OneTimeSequence, Diagnostic> {
  const content = readBytes(path);
  if (!content.ok) return fail(about(path, 0, `cannot read ${quote(path)}: ${content.error}`));
  for (const { piece, text } of unusedIn(content.value, path)) return oneTimeSequence(piece, text);
  return fail(nothingLeft(path));
}

/** What is wrong with any unused line, not only with the first: what a look at the file before its use can tell. */
export function faultsOfOneTimeFile(path: string): readonly Diagnostic[] {
  const content = readBytes(path);
  if (!content.ok) return [about(path, 0, `cannot read ${quote(path)}: ${content.error}`)];
  const faults = new Faults();
  let count = 0;
  for (const { piece } of unusedIn(content.value, path)) {
    sequenceValue(piece, faults);
    count++;
  }
  return count === 0 ? [nothingLeft(path)] : faults.sorted([path]);
}

/** Comments the line out. An error when that cannot be made sure of: then the sequence must not open anything. */
export function markUsed({ path, line, text }: OneTimeSequence): Result<void, Diagnostic> {
  const content = readBytes(path);
  if (!content.ok) return fail(about(path, 0, `cannot read ${quote(path)}: ${content.error}`));
  const at = lineAt(content.value, line);
  if (at?.text !== text) {
    const hint = 'reload to read the file anew';
    return fail(about(path, line, 'the line was changed after it had been read', hint));
  }
  const before = content.value.subarray(0, at.offset);
  try {
    replaceFile(realpathSync(path), [before, Buffer.from('#'), content.value.subarray(at.offset)]);
    return ok(undefined);
  } catch (error) {
    const hint = 'the daemon must be able to write the file and its directory';
    return fail(about(path, line, `cannot mark the sequence as used: ${messageOf(error)}`, hint));
  }
}

function oneTimeSequence(piece: Piece, text: string): Result<OneTimeSequence, Diagnostic> {
  const { file: path, line } = piece;
  const faults = new Faults();
  const steps = sequenceValue(piece, faults);
  if (steps !== undefined) return ok({ path, line, text, steps });
  return fail(faults.sorted([path])[0] ?? about(path, line, 'this is no sequence'));
}

/** Lines with a sequence, or with what should be one: trimmed, and as they stand in the file. */
function* unusedIn(bytes: Buffer, path: string): Generator<{ readonly piece: Piece; readonly text: string }> {
  for (const { line, text } of linesOf(bytes)) {
    const piece = trimPiece({ text, file: path, line, column: 1 });
    if (piece.text !== '' && !piece.text.startsWith('#')) yield { piece, text };
  }
}

function nothingLeft(path: string): Diagnostic {
  return about(path, 0, 'there is no unused sequence in it', 'add new ones, a line each, and reload');
}

function lineAt(bytes: Buffer, wanted: number): ByteLine | undefined {
  for (const found of linesOf(bytes)) if (found.line === wanted) return found;
  return undefined;
}

function* linesOf(bytes: Buffer): Generator<ByteLine, void, undefined> {
  const hasMark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  let offset = hasMark ? BYTE_ORDER_MARK.length : 0;
  for (let line = 1; offset <= bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, offset);
    const next = end < 0 ? bytes.length : end;
    yield { line, offset, text: bytes.toString('utf8', offset, next) };
    offset = next + 1;
  }
}

/** Keeps mode and owner. The name of the new file is one that nobody chooses for a file of his own. */
function replaceFile(path: string, content: readonly Buffer[]): void {
  const { mode, uid, gid } = statSync(path);
  const fresh = join(dirname(path), `.${basename(path)}.marking`);
  rmSync(fresh, { force: true }); // what a crash left
  try {
    const fd = openSync(fresh, 'wx', 0o600);
    try {
      writeFileSync(fd, Buffer.concat(content));
      const own = fstatSync(fd);
      // A service may forbid the call, whatever it would change.
      if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid);
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
