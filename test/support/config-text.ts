/** Configuration text in tests: parsed without a disk, with its faults as `line:column message | hint`. */

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { fail, ok } from '../../src/base/result.ts';
import type { Config, Diagnostic, Door, Options } from '../../src/config/config.ts';
import type { ConfigSource } from '../../src/config/config-source.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

export const MAIN = '/etc/knockd.conf';

/** What every door needs. */
export const SEQUENCE = 'Sequence = 7000,8000,9000';

/** Files by absolute path. Every directory above one is there. */
export function memorySource(files: Readonly<Record<string, string>> = {}): ConfigSource {
  const paths = Object.keys(files);
  return {
    read: (path) => (files[path] === undefined ? fail('there is no such file') : ok(files[path])),
    list: (directory) => {
      const prefix = posix.join(directory, '/');
      const below = paths
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split('/'));
      const isDirectory = new Map(below.map(([name = '', ...rest]) => [name, rest.length > 0]));
      return ok([...isDirectory].map(([name, directory]) => ({ name, isDirectory: directory })));
    },
    isSame: (a, b) => posix.normalize(a) === posix.normalize(b),
  };
}

export function parsed(text: string, files: Readonly<Record<string, string>> = {}): Config {
  const result = parseConfig(text, MAIN, memorySource(files));
  assert.ok(result.ok, result.ok ? '' : result.error.map(shortDiagnostic).join('\n'));
  return result.value;
}

export function diagnosticsOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
): readonly Diagnostic[] {
  const result = parseConfig(text, MAIN, memorySource(files));
  return result.ok ? [] : result.error;
}

/** Empty when there are none. */
export function faultsOf(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return diagnosticsOf(text, files).map(shortDiagnostic);
}

/** The only door of a section with these lines. */
export function doorOf(...lines: readonly string[]): Door {
  const [door] = parsed(['[door]', ...lines].join('\n')).doors;
  assert.ok(door !== undefined);
  return door;
}

export function optionsOf(...lines: readonly string[]): Options {
  return parsed(['[options]', ...lines].join('\n')).options;
}

/** Faults of a door with these lines, which begin in line 2. */
export function doorFaults(...lines: readonly string[]): readonly string[] {
  return faultsOf(['[door]', ...lines].join('\n'));
}

/** Faults of these options, which begin in line 2. */
export function optionFaults(...lines: readonly string[]): readonly string[] {
  return faultsOf(['[options]', ...lines].join('\n'));
}

function shortDiagnostic({ line, column, message, hint }: Diagnostic): string {
  return `${line}:${column} ${message}${hint === undefined ? '' : ` | ${hint}`}`;
}
