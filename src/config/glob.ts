/** Paths with `*`, `?` and `[…]` as glob(7) has them: no wildcard fits a `/` or a leading dot. */

import { fail, ok, type Result } from '../base/result.ts';
import type { ConfigSource, DirectoryEntry } from './config-source.ts';

export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/** A pattern that fits more, such as one over the whole disk, is a mistake. */
export const MAX_MATCHES = 10_000;

/** The files below `base` that `pattern` fits, sorted by code unit; directories are left out. */
export function expandGlob(
  pattern: string,
  base: string,
  source: Pick<ConfigSource, 'list'>,
): Result<readonly string[], string> {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  let directories = [base];
  let files: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (!isLast && !isGlob(segment)) {
      directories = directories.map((directory) => joined(directory, segment));
      continue;
    }
    const found = matchesIn(directories, segment, !isLast, source);
    if (!found.ok) return found;
    if (isLast) files = found.value;
    else directories = found.value;
  }
  return ok(files.sort());
}

function matchesIn(
  directories: readonly string[],
  segment: string,
  wantsDirectories: boolean,
  source: Pick<ConfigSource, 'list'>,
): Result<string[], string> {
  const fits = (entry: DirectoryEntry) =>
    entry.isDirectory === wantsDirectories && fitsGlob(entry.name, segment);
  const found: string[] = [];
  for (const directory of directories) {
    const entries = source.list(directory);
    if (!entries.ok) return fail(entries.error);
    for (const entry of entries.value) if (fits(entry)) found.push(joined(directory, entry.name));
    if (found.length > MAX_MATCHES) return fail(`it fits more than ${MAX_MATCHES} paths`);
  }
  return ok(found);
}

function joined(directory: string, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

/** Whether one name fits one segment. A star is tried shortest first and only the last one again: no blow-up. */
export function fitsGlob(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let at = 0;
  let part = 0;
  let retryAt = -1;
  let retryPart = -1;
  while (at < name.length) {
    const length = pattern[part] === '*' ? 0 : lengthOfFit(name[at]!, pattern, part);
    if (pattern[part] === '*') {
      retryAt = at;
      retryPart = ++part;
    } else if (length > 0) {
      at++;
      part += length;
    } else if (retryPart >= 0) {
      at = ++retryAt;
      part = retryPart;
    } else {
      return false;
    }
  }
  while (pattern[part] === '*') part++;
  return part === pattern.length;
}

/** How much of the pattern at `part` this character fits: 0 when it does not. */
function lengthOfFit(character: string, pattern: string, part: number): number {
  const wanted = pattern[part];
  if (wanted === undefined) return 0;
  if (wanted === '?') return 1;
  const close = wanted === '[' ? pattern.indexOf(']', part + (isNegation(pattern[part + 1]) ? 3 : 2)) : -1;
  if (close < 0) return wanted === character ? 1 : 0;
  return isInSet(character, pattern.slice(part + 1, close)) ? close - part + 1 : 0;
}

function isInSet(character: string, set: string): boolean {
  const isNegated = isNegation(set[0]);
  const members = isNegated ? set.slice(1) : set;
  for (let i = 0; i < members.length; i++) {
    const isRange = members[i + 1] === '-' && i + 2 < members.length;
    const last = isRange ? members[i + 2]! : members[i]!;
    if (character >= members[i]! && character <= last) return !isNegated;
    if (isRange) i += 2;
  }
  return isNegated;
}

function isNegation(character: string | undefined): boolean {
  return character === '!' || character === '^';
}
