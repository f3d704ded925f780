/** The logs that a report reads: those that are named, or the configured log file with what its rotation has left. */

import { closeSync, createReadStream, openSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OpError } from '../../base/op-error.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { LogInput } from '../../report/read/read-log.ts';

const STANDARD_INPUT = '-';

/** As logrotate names them: `.1`, `.2.gz`, `-20261120`, `-20261120.gz`. */
const ROTATED = /^(?:\.\d+|-\d{8}(?:-\d+)?)(?:\.gz)?$/;

/** What the JSON log needs, for those who have none. */
const NO_LOG_HINT =
  "name a log, set 'LogFile' in [options], or pipe the journal: journalctl -u knockd -o json | postern report -";

/** @throws OpError for a file that is not there or cannot be read */
export function namedInputs(names: readonly string[]): readonly LogInput[] {
  return [...new Set(names)].map((name) => (name === STANDARD_INPUT ? standardInput() : fileInput(name)));
}

/** @throws OpError where there is none */
export function configuredInputs(config: string): readonly LogInput[] {
  const loaded = loadConfig(config);
  if (!loaded.ok) {
    const cause = new Error(loaded.error[0]?.message ?? 'it has errors');
    throw new OpError({ op: 'find the log by', target: config, cause, hint: NO_LOG_HINT });
  }
  const { logFile } = loaded.value.options;
  if (logFile === undefined) {
    const cause = new Error("it has no 'LogFile'");
    throw new OpError({ op: 'find the log by', target: config, cause, hint: NO_LOG_HINT });
  }
  return [logFile, ...rotatedOf(logFile)].map(fileInput);
}

function rotatedOf(path: string): readonly string[] {
  const [folder, own] = [dirname(path), basename(path)];
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(own) && ROTATED.test(name.slice(own.length)))
      .map((name) => join(folder, name));
  } catch {
    return []; // the log itself tells why
  }
}

function standardInput(): LogInput {
  return { name: 'standard input', isPipe: true, open: () => process.stdin };
}

/** Opened at once, so that a wrong name is told before any work; and once more for each reading. */
function fileInput(path: string): LogInput {
  const { isDirectory, isPipe } = kindOf(path);
  if (isDirectory)
    throw new OpError({ op: 'read', target: path, code: 'it is a directory', hint: NAME_FILES });
  return { name: path, isPipe, open: () => createReadStream(path) };
}

const NAME_FILES = 'name the log files in it';

function kindOf(path: string): { readonly isDirectory: boolean; readonly isPipe: boolean } {
  try {
    const stats = statSync(path);
    if (stats.isFile()) closeSync(openSync(path, 'r'));
    return { isDirectory: stats.isDirectory(), isPipe: !stats.isFile() };
  } catch (cause) {
    throw new OpError({ op: 'read', target: path, cause });
  }
}
