/** The settings of one section: known keys, each at most once. */

import { type Faults, placeText } from './faults.ts';
import type { KeyTable } from './keys.ts';
import { nearestWord } from './nearest-word.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export interface Entry {
  readonly key: Piece;
  /** Undefined when the line has no `=`; may be empty. */
  readonly value: Piece | undefined;
}

export class Entries<K extends string> {
  readonly #table: KeyTable<K>;
  readonly #byKey = new Map<K, Entry>();

  constructor(table: KeyTable<K>) {
    this.#table = table;
  }

  has(key: K): boolean {
    return this.#byKey.has(key);
  }

  get(key: K): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** Reports a second setting of the same key and keeps the first. knockd takes the last one, without a word. */
  set(key: K, entry: Entry, faults: Faults): void {
    const first = this.#byKey.get(key);
    if (first === undefined) {
      this.#byKey.set(key, entry);
      return;
    }
    faults.report(
      entry.key,
      `${quote(entry.key.text)} is set twice, first ${placeText(first.key, entry.key)}`,
      'keep one of the two',
    );
  }

  /** What the key says: `fallback` without the key, and after a fault, which is reported. An empty value is a fault. */
  read<T>(key: K, parse: (value: Piece, faults: Faults) => T | undefined, fallback: T, faults: Faults): T {
    const entry = this.#byKey.get(key);
    if (entry === undefined) return fallback;
    const value = this.#valueOf(key, entry, faults);
    if (value === undefined) return fallback;
    if (value.text === '') {
      faults.report(value, `${quote(entry.key.text)} has an empty value`, this.#example(key));
      return fallback;
    }
    return parse(value, faults) ?? fallback;
  }

  /** As `read`, where an empty value has a meaning. */
  readEmptiable<T>(
    key: K,
    parse: (value: Piece, faults: Faults) => T | undefined,
    faults: Faults,
  ): T | undefined {
    const entry = this.#byKey.get(key);
    const value = entry === undefined ? undefined : this.#valueOf(key, entry, faults);
    return value === undefined ? undefined : parse(value, faults);
  }

  #valueOf(key: K, { key: written, value }: Entry, faults: Faults): Piece | undefined {
    if (value === undefined) {
      faults.report(written, `${quote(written.text)} needs a value`, this.#example(key));
    }
    return value;
  }

  #example(key: K): string {
    return `write ${quoteExample(this.#table.examples[key])}`;
  }
}

/** Examples are shown whole: they are ours. */
function quoteExample(example: string): string {
  return `'${example}'`;
}

/** The key that `entry` sets, or undefined after reporting that there is none. `other` is the table of the other kind of section. */
export function knownKey<K extends string>(
  entry: Entry,
  table: KeyTable<K>,
  other: KeyTable<string>,
  faults: Faults,
): K | undefined {
  const key = table.spellings.get(entry.key.text.toLowerCase());
  if (key !== undefined) return key;
  const elsewhere = other.spellings.get(entry.key.text.toLowerCase());
  if (elsewhere !== undefined) {
    faults.report(entry.key, `${quote(entry.key.text)} does not belong here`, `it stands ${other.home}`);
  } else {
    const hint = faults.isFull ? undefined : unknownHint(entry.key.text, table);
    faults.report(entry.key, unknownText(entry), hint);
  }
  return undefined;
}

function unknownText({ key, value }: Entry): string {
  if (key.text === '') return "there is no key before the '='";
  return value === undefined
    ? `${quote(key.text)} is neither a section nor 'key = value'`
    : `unknown key ${quote(key.text)}`;
}

function unknownHint(text: string, table: KeyTable<string>): string | undefined {
  if (text.startsWith(';') || text.startsWith('//')) return "comments begin with '#'";
  const near = nearestWord(text, table.names);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}
