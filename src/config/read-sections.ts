/** One file's text to its sections: settings of `[options]`, doors, and what it includes. Values are read later. */

import type { DoorSection } from './door-section.ts';
import { Entries, type Entry, knownKey } from './entries.ts';
import type { Faults } from './faults.ts';
import { DOOR_TABLE, type DoorKey, OPTION_TABLE, type OptionKey } from './keys.ts';
import { type ConfigLine, lexLines } from './lex-lines.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export interface FileSections {
  readonly doors: readonly DoorSection[];
  /** The lines `Include = …`, in order. */
  readonly includes: readonly Entry[];
}

/** The matcher numbers doors in 16 bits. A file gives at most one more, to tell that there are too many. */
export const MAX_DOORS = 65_535;

type Current =
  | { readonly kind: 'none' }
  | { readonly kind: 'options' }
  | { readonly kind: 'door'; readonly entries: Entries<DoorKey> };

/** `options` gathers the settings of all files of a configuration. */
export function readSections(
  text: string,
  file: string,
  options: Entries<OptionKey>,
  faults: Faults,
): FileSections {
  const doors: DoorSection[] = [];
  const includes: Entry[] = [];
  if (hasNul(text, file, faults)) return { doors, includes };
  let current: Current = { kind: 'none' };
  for (const line of lexLines(text, file)) {
    if (line.kind === 'entry') {
      takeEntry(line, current, options, includes, faults);
      continue;
    }
    current = startSection(line, faults);
    if (current.kind === 'door' && line.kind === 'section') {
      if (doors.length > MAX_DOORS) break;
      doors.push({ name: line.name, entries: current.entries });
    }
  }
  return { doors, includes };
}

/** One fault for a file that is no text at all, instead of one for each of its lines. */
function hasNul(text: string, file: string, faults: Faults): boolean {
  const at = text.indexOf('\0');
  if (at < 0) return false;
  let line = 1;
  let start = text.startsWith('\ufeff') ? 1 : 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  faults.report(
    { file, line, column: at - start + 1 },
    'there is a NUL byte: this is no text',
    'save the file in UTF-8',
  );
  return true;
}

/** After a torn title the settings are still checked, as those of a door that does not count. */
function startSection(line: Exclude<ConfigLine, { kind: 'entry' }>, faults: Faults): Current {
  if (line.kind === 'torn section') {
    faults.report(line.title, `${quote(line.title.text)} does not end with ']'`, tornHint(line.title));
  } else if (line.name.text.toLowerCase() === 'options') {
    return { kind: 'options' };
  }
  return { kind: 'door', entries: new Entries(DOOR_TABLE) };
}

function tornHint({ text }: Piece): string {
  if (text.includes(']')) return "nothing may follow the ']', not even a comment";
  return "a section begins with '[name]' on a line of its own";
}

function takeEntry(
  entry: Entry,
  current: Current,
  options: Entries<OptionKey>,
  includes: Entry[],
  faults: Faults,
): void {
  if (current.kind === 'door') {
    const key = knownKey(entry, DOOR_TABLE, OPTION_TABLE, faults);
    if (key !== undefined) current.entries.set(key, entry, faults);
  } else if (current.kind === 'options') {
    const key = knownKey(entry, OPTION_TABLE, DOOR_TABLE, faults);
    if (key === 'Include') includes.push(entry);
    else if (key !== undefined) options.set(key, entry, faults);
  } else {
    faults.report(
      entry.key,
      `${quote(entry.key.text)} stands before the first section`,
      orphanHint(entry.key.text),
    );
  }
}

function orphanHint(text: string): string {
  if (text.startsWith(';') || text.startsWith('//')) return "comments begin with '#'";
  if (OPTION_TABLE.spellings.has(text.toLowerCase())) return "put '[options]' before it";
  return "put '[name]' before it";
}
