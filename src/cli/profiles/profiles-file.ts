/** The file profiles.conf: where it is, and whether it is as private as its secrets and commands want it. */

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoName, OpError } from '../../base/op-error.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { UsageError } from '../../client/plan.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { nearestWord } from '../../config/nearest-word.ts';
import { type Profile, readProfiles } from './read-profiles.ts';

export interface ProfilesFile {
  readonly path: string;
  /** Undefined where there is no file. */
  readonly bytes: Buffer | undefined;
  /** Why it must not be used. */
  readonly fault: UsageError | undefined;
}

/** Profiles are a few lines each: whatever is larger is something else. */
const MAX_BYTES = 1024 * 1024;

/** @param given what `--profiles` says */
export function profilesPath(given: string | undefined): string {
  const { XDG_CONFIG_HOME = '' } = process.env;
  return given ?? join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'postern', 'profiles.conf');
}

/** @throws OpError where it is there and cannot be read */
export function openProfiles(path: string): ProfilesFile {
  let file: number | undefined;
  try {
    // Without waiting: a pipe would hold up everything.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (stats.size > MAX_BYTES) throw new Error(`it has ${stats.size} bytes, at most ${MAX_BYTES} are read`);
    return { path, bytes: readFileSync(file), fault: privacyFault(path, stats) };
  } catch (cause) {
    if (errnoName(cause) !== 'ENOENT' && errnoName(cause) !== 'ENOTDIR')
      throw new OpError({ op: 'read', target: path, cause });
    return { path, bytes: undefined, fault: undefined };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** All profiles of a file that may be used and has no fault; the error is whole lines for people. */
export function usableProfiles({ path, bytes, fault }: ProfilesFile): Result<readonly Profile[], string> {
  if (fault !== undefined) return fail(`error: ${fault.message}\nhint: ${fault.hint}\n`);
  const { profiles, faults } = readProfiles(textOf(bytes), path);
  if (faults.length === 0) return ok(profiles);
  return fail(faults.map((each) => `${formatDiagnostic(each)}\n`).join(''));
}

/** The profile of that name; undefined where the file has none, whatever else is wrong with it. */
export function findProfile(file: ProfilesFile, name: string): Result<Profile | undefined, string> {
  const { profiles } = readProfiles(textOf(file.bytes), file.path);
  if (!profiles.some((each) => each.name === name)) return ok(undefined);
  const usable = usableProfiles(file);
  return usable.ok ? ok(usable.value.find((each) => each.name === name)) : usable;
}

/** Why there is no profile of that name, and what to do. */
export function missingProfile({ path, bytes }: ProfilesFile, name: string): UsageError {
  if (bytes === undefined)
    return { message: `no profile '${name}': there is no file '${path}'`, hint: SAVE_HINT };
  const names = readProfiles(textOf(bytes), path).profiles.map((each) => each.name);
  const near = nearestWord(name, names);
  const hint = near === undefined ? SAVE_HINT : `did you mean '${near}'? 'knock --list' names them all`;
  return { message: `no profile '${name}' in '${path}'`, hint };
}

const SAVE_HINT = "'knock --save NAME HOST PORT...' makes a profile";

function textOf(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : bytes.toString('utf8');
}

function privacyFault(path: string, { mode, uid }: Stats): UsageError | undefined {
  if ((mode & 0o077) !== 0) {
    const octal = (mode & 0o7777).toString(8).padStart(4, '0');
    return {
      message: `'${path}' has secrets, and its mode ${octal} lets others use it`,
      hint: `chmod 600 '${path}'`,
    };
  }
  // What it says is done, commands of 'Resolve' included.
  if (uid === 0 || uid === process.geteuid?.()) return undefined;
  return { message: `'${path}' belongs to user ${uid}`, hint: `chown "$(id -u)" '${path}'` };
}
