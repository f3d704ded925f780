/**
 * Configuration text to a checked configuration. Pure but for `source`, which gives the text of included files.
 * Every fault of every file is found in one run; any text gives a result, nothing throws.
 */

import { fail, ok, type Result } from '../base/result.ts';
import { type Closer, checkClosers } from './close-value.ts';
import type { Config, Diagnostic, Door } from './config.ts';
import type { ConfigSource } from './config-source.ts';
import { buildDoor, type DoorSection } from './door-section.ts';
import { Entries, type Entry } from './entries.ts';
import { Faults, type Place, placeText } from './faults.ts';
import { includedPaths } from './include.ts';
import { type DoorKey, OPTION_TABLE, type OptionKey } from './keys.ts';
import { buildOptions } from './options-section.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';
import { MAX_DOORS, readSections } from './read-sections.ts';
import { checkSpaTwins, type SpaDoorPlace } from './spa-twins.ts';

/** A chain of includes that is longer is a mistake. */
export const MAX_INCLUDE_DEPTH = 8;

export const MAX_FILES = 10_000;

/** All files together, in UTF-16 code units: four times the limit of one. */
export const MAX_TOTAL_LENGTH = 64 * 1024 * 1024;

/** `file` is the path of `text`: includes are relative to it. */
export function parseConfig(
  text: string,
  file: string,
  source: ConfigSource,
): Result<Config, readonly Diagnostic[]> {
  return new Parser(source).parse(text, file);
}

/** Where a good configuration says what. */
export interface ConfigPlaces {
  /** Of the door's title, or of a key that it sets. */
  readonly ofDoor: (door: string, key?: DoorKey) => Place | undefined;
  readonly ofOption: (key: OptionKey) => Place | undefined;
}

/** As parseConfig, for those who want to speak of the text: it keeps the text of every setting in memory. */
export function parseConfigWithPlaces(
  text: string,
  file: string,
  source: ConfigSource,
): Result<{ readonly config: Config; readonly places: ConfigPlaces }, readonly Diagnostic[]> {
  const parser = new Parser(source, true);
  const parsed = parser.parse(text, file);
  return parsed.ok ? ok({ config: parsed.value, places: parser.places }) : parsed;
}

/** One run over the files of one configuration. */
class Parser {
  readonly #source: ConfigSource;
  readonly #faults = new Faults();
  readonly #options = new Entries(OPTION_TABLE);
  readonly #files = new Set<string>();
  readonly #doors: Door[] = [];
  readonly #names = new Map<string, Piece>();
  readonly #oneTimeFiles = new Map<string, Piece>();
  readonly #closers: Closer[] = [];
  readonly #closable = new Map<string, boolean>();
  readonly #spaDoors: SpaDoorPlace[] = [];
  /** Kept only where somebody asks for places: the text of thousands of doors is large. */
  readonly #sections: Map<string, DoorSection> | undefined;
  #doorCount = 0;
  #includeCount = 0;
  #totalLength = 0;
  #isFull = false;

  constructor(source: ConfigSource, keepsPlaces = false) {
    this.#source = source;
    this.#sections = keepsPlaces ? new Map() : undefined;
  }

  get places(): ConfigPlaces {
    return {
      ofDoor: (door, key) => {
        const section = this.#sections?.get(door);
        return key === undefined ? section?.name : section?.entries.get(key)?.key;
      },
      ofOption: (key) => this.#options.get(key)?.key,
    };
  }

  parse(text: string, file: string): Result<Config, readonly Diagnostic[]> {
    this.#addFile(text, file, []);
    const options = buildOptions(this.#options, this.#faults);
    checkSpaTwins(this.#spaDoors, this.#faults);
    if (!this.#isFull) checkClosers(this.#closers, this.#closable, this.#faults);
    const files = [...this.#files];
    return this.#faults.isEmpty
      ? ok({ options, doors: this.#doors, files })
      : fail(this.#faults.sorted(files));
  }

  /** `ancestors`: the files that led here, the main one first. */
  #addFile(text: string, file: string, ancestors: readonly string[]): void {
    this.#files.add(file);
    this.#totalLength += text.length;
    const { doors, includes } = readSections(text, file, this.#options, this.#faults);
    for (const door of doors) this.#addDoor(door);
    for (const include of includes) this.#include(include, [...ancestors, file]);
  }

  #addDoor(section: DoorSection): void {
    if (this.#isFull) return;
    if (this.#doorCount >= MAX_DOORS) {
      this.#isFull = true;
      this.#faults.report(section.name, 'there are too many doors', `${MAX_DOORS} is the most`);
      return;
    }
    this.#doorCount++;
    const door = buildDoor(section, this.#faults);
    this.#checkUnique(section.name, 'door', this.#names);
    const path = section.entries.get('One_Time_Sequences')?.value;
    if (path !== undefined) this.#checkUnique(path, 'one-time file', this.#oneTimeFiles);
    this.#noteClosing(section);
    if (door === undefined) return;
    this.#doors.push(door);
    const at = section.entries.get('Spa_Key')?.key;
    if (at !== undefined) this.#spaDoors.push({ door, at });
    this.#sections?.set(door.name, section);
  }

  /** Doors may close those of files that are not read yet: looked at in the end. */
  #noteClosing({ name, entries }: DoorSection): void {
    this.#closable.set(name.text, isClosable(entries));
    const value = entries.get('Close')?.value;
    if (value !== undefined) this.#closers.push({ name: name.text, value });
  }

  /** Two doors with one name could not be told apart; two on one one-time file would use up each other's sequences. */
  #checkUnique(piece: Piece, what: string, seen: Map<string, Piece>): void {
    const first = seen.get(piece.text);
    if (piece.text === '' || first === undefined) {
      seen.set(piece.text, piece);
      return;
    }
    const message = `${what} ${quote(piece.text)} is there already, ${placeText(first, piece)}`;
    this.#faults.report(
      piece,
      message,
      what === 'door' ? 'give it another name' : 'give each door a file of its own',
    );
  }

  #include(entry: Entry, ancestors: readonly string[]): void {
    if (this.#includeCount++ >= MAX_FILES) this.#tooManyFiles(entry.key);
    if (this.#isFull) return;
    const paths = includedPaths(entry, this.#source, this.#faults);
    for (const path of paths) {
      if (!this.#mayInclude(entry.key, path, ancestors)) continue;
      const text = this.#source.read(path);
      if (text.ok) {
        this.#addFile(text.value, path, ancestors);
      } else {
        this.#files.add(path);
        this.#faults.report(entry.value ?? entry.key, `cannot read ${quote(path)}: ${text.error}`);
      }
    }
  }

  /** A file that several patterns fit is read once. */
  #mayInclude(at: Piece, path: string, ancestors: readonly string[]): boolean {
    if (ancestors.includes(path)) {
      const chain = [...ancestors.slice(ancestors.indexOf(path)), path].map(quote).join(' includes ');
      this.#faults.report(at, `the files include each other: ${chain}`, 'take one of the includes out');
      return false;
    }
    if (this.#files.has(path)) return false;
    if (ancestors.length > MAX_INCLUDE_DEPTH) {
      this.#faults.report(at, 'includes are nested too deep', `${MAX_INCLUDE_DEPTH} is the most`);
      return false;
    }
    if (this.#files.size < MAX_FILES && this.#totalLength < MAX_TOTAL_LENGTH) return true;
    this.#tooManyFiles(at);
    return false;
  }

  #tooManyFiles(at: Piece): void {
    const hint = `${MAX_FILES} files of ${MAX_TOTAL_LENGTH} characters together is the most`;
    if (!this.#isFull) this.#faults.report(at, 'there are too many included files', hint);
    this.#isFull = true;
  }
}

/** As written: whether the values have faults is told elsewhere. */
function isClosable(entries: DoorSection['entries']): boolean {
  const isGiven = (key: 'Open' | 'Stop_Command' | 'Stop_Command_6') =>
    (entries.get(key)?.value?.text ?? '') !== '';
  return isGiven('Open') || isGiven('Stop_Command') || isGiven('Stop_Command_6');
}
