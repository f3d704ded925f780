/** `knock NAME`: the command line that a profile of `profiles.conf` stands for. */

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoName, OpError } from '../../base/op-error.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { profileArguments } from './profile-text.ts';

/** Undefined when there is no such profile, or no file; the error is whole lines for people. @throws OpError */
export function argumentsOfProfile(name: string): Result<readonly string[] | undefined, string> {
  const { XDG_CONFIG_HOME = '' } = process.env;
  const path = join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'postern', 'profiles.conf');
  const text = privateText(path);
  if (!text.ok) return text;
  if (text.value === undefined) return ok(undefined);
  const line = profileArguments(text.value, path, name);
  return line.ok ? line : fail(`${line.error.map(formatDiagnostic).join('\n')}\n`);
}

function privateText(path: string): Result<string | undefined, string> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if ((fstatSync(file).mode & 0o077) === 0) return ok(readFileSync(file, 'utf8'));
    return fail(`error: '${path}' has secrets, and others may read it\nhint: chmod 600 ${path}\n`);
  } catch (cause) {
    if (errnoName(cause) === 'ENOENT' || errnoName(cause) === 'ENOTDIR') return ok(undefined);
    throw new OpError({ op: 'read', target: path, cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
