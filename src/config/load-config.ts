/** A configuration from the disk. Reads regular files only, of bounded size; never throws. */

import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { errnoName, messageOf } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Config, Diagnostic } from './config.ts';
import type { ConfigSource } from './config-source.ts';
import { parseConfig, parseConfigWithPlaces } from './parse-config.ts';
import { quote } from './quote.ts';

/** 100,000 doors; more is no configuration. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

export function loadConfig(path: string): Result<Config, readonly Diagnostic[]> {
  return load(path, parseConfig);
}

/** For those who speak of the text of a good configuration. */
export function loadConfigWithPlaces(path: string): ReturnType<typeof parseConfigWithPlaces> {
  return load(path, parseConfigWithPlaces);
}

function load<T>(
  path: string,
  parse: (text: string, path: string, source: ConfigSource) => Result<T, readonly Diagnostic[]>,
): Result<T, readonly Diagnostic[]> {
  const text = readText(path);
  if (text.ok) return parse(text.value, path, DISK);
  const message = `cannot read ${quote(path)}: ${text.error}`;
  const hint = text.error === 'there is no such file' ? 'name the file that you mean' : undefined;
  return fail([{ file: path, line: 0, column: 0, message, hint }]);
}

/** For text that is not on the disk, and includes what is. */
export const DISK: ConfigSource = {
  read: readText,
  list: (directory) => {
    try {
      const entries = readdirSync(directory, { withFileTypes: true });
      return ok(
        entries.map((entry) => ({ name: entry.name, isDirectory: leadsToDirectory(directory, entry) })),
      );
    } catch (error) {
      return errnoName(error) === 'ENOENT' ? ok([]) : fail(reasonOf(error));
    }
  },
  isSame: (a, b) => {
    try {
      return realpathSync(a) === realpathSync(b);
    } catch {
      return false;
    }
  },
};

function leadsToDirectory(directory: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(directory, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The whole text of a file, or for people why there is none. */
export function readText(path: string): Result<string, string> {
  const bytes = readBytes(path);
  return bytes.ok ? ok(bytes.value.toString('utf8')) : bytes;
}

export function readBytes(path: string): Result<Buffer, string> {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for its writer
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return fail('it is a directory');
    if (!stat.isFile()) return fail('it is no regular file');
    if (stat.size > MAX_FILE_BYTES) return fail(`it has more than ${MAX_FILE_BYTES} bytes`);
    return ok(readFileSync(fd));
  } catch (error) {
    return fail(reasonOf(error));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function reasonOf(error: unknown): string {
  switch (errnoName(error)) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'permission denied';
    default:
      return messageOf(error);
  }
}
