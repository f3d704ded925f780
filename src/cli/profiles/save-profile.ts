/** `knock --save NAME`: the rest of the command line as a profile. The file is replaced as a whole, and is its owner's alone. */

import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ok, type Result } from '../../base/result.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import type { CommandLine, GivenOption } from '../getopt.ts';
import { lastOf, lineHas } from '../knock/knock-arguments.ts';
import { FAILED, print, printError, SENT } from '../knock/knock-output.ts';
import { badKey, misused, type Refusal } from '../knock/refusal.ts';
import { writeSecretFile } from '../secret-file.ts';
import { type Entries, withProfile } from './edit-profiles.ts';
import { entriesOfLine } from './profile-line.ts';
import { openProfiles, type ProfilesFile, profilesPath } from './profiles-file.ts';
import { readProfiles } from './read-profiles.ts';

/** What a profile has no key for. */
const STRAYS = ['proxy', 'close', 'keep-open', 'list', 'json', 'show-secrets'];
/** No quoting is needed in a shell, and nothing that ends a title. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}._@+-]*$/u;
/** Of the options whose value is a path, or `file:` and a path. */
const PATHS = new Set(['key', 'hmac-key', 'totp', 'one-time']);

const FORM = "the form is 'knock --save NAME [options] HOST [PORT[:PROTO]...]'";

/** @throws OpError where the file cannot be read or written */
export async function saveProfile(line: CommandLine): Promise<number> {
  const name = lastOf(line, 'save') ?? '';
  const entries = entriesOf(line, name);
  if (!entries.ok) return refuse(entries.error);
  const given = lastOf(line, 'profiles');
  const file = openProfiles(profilesPath(given));
  const bytes = bytesWith(file, name, entries.value, lineHas(line, 'force'));
  if (!bytes.ok) return refuse(bytes.error);
  if (given === undefined) mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
  const isThere = file.bytes !== undefined;
  // A link stays one: its target is replaced.
  writeSecretFile(isThere ? realpathSync(file.path) : file.path, bytes.value, isThere);
  return (await print(`${file.path}: profile '${name}' saved\n`)) ? SENT : FAILED;
}

function refuse({ message, hint, status }: Refusal): number {
  printError(message, hint);
  return status;
}

function entriesOf(line: CommandLine, name: string): Result<Entries, Refusal> {
  if (!NAME.test(name))
    return misused(`profile '${name}': expected a name of letters, digits and . _ @ + -`, FORM);
  const stray = STRAYS.find((option) => lineHas(line, option));
  if (stray !== undefined) return misused(`--save goes with no --${stray}`, FORM);
  const [host, ...words] = line.operands;
  if (host === undefined) return misused('no host given', FORM);
  const steps = words.map((word) => (lineHas(line, 'udp') ? word.replace(/(:.*)?$/, ':udp') : word));
  const entries = entriesOfLine(line.options.map(absolute), host, steps);
  const [fault] = readProfiles(textOf(name, entries), name).faults;
  if (fault !== undefined) return misused(fault.message, fault.hint ?? FORM);
  if (lineHas(line, 'spa') === entries.some(([key]) => key === 'Spa_Key')) return ok(entries);
  return misused('--spa and --key belong together', FORM);
}

/** Another day it is used in another folder. */
function absolute(option: GivenOption): GivenOption {
  if (!PATHS.has(option.name)) return option;
  const [, scheme = '', path = ''] = /^(file:)?(.*)$/s.exec(option.value) ?? [];
  const isPath = scheme !== '' || option.name === 'one-time';
  return isPath && path !== '' ? { ...option, value: `${scheme}${resolve(path)}` } : option;
}

/** The new content, once it is sure to read back as what was asked for. */
function bytesWith(
  { path, bytes = Buffer.alloc(0), fault }: ProfilesFile,
  name: string,
  entries: Entries,
  isForced: boolean,
): Result<Buffer, Refusal> {
  if (fault !== undefined) return badKey(fault.message, fault.hint);
  const before = readProfiles(bytes.toString('utf8'), path);
  const [first] = before.faults;
  if (first !== undefined)
    return badKey(
      `'${path}' has errors: ${formatDiagnostic({ ...first, hint: undefined })}`,
      'put them right first',
    );
  if (!isForced && before.profiles.some((each) => each.name === name))
    return badKey(`'${path}' has a profile '${name}' already`, 'replace it with --force');
  const after = withProfile(bytes, name, entries);
  const read = readProfiles(after.toString('utf8'), path);
  const profile = read.profiles.find((each) => each.name === name);
  const isSame =
    profile?.values.size === entries.length &&
    entries.every(([key, value]) => profile.values.get(key) === value);
  if (read.faults.length === 0 && isSame) return ok(after);
  return misused(
    'a line of the file cannot hold one of these values',
    'leave out line breaks and spaces around it',
  );
}

function textOf(name: string, entries: Entries): string {
  return `[${name}]\n${entries.map(([key, value]) => `${key} = ${value}\n`).join('')}`;
}
