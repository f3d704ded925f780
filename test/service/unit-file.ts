/** Unit files as systemd.syntax(7) has them: sections of `Key=value`, where a key may come again and an empty value forgets it. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../packaging/systemd/', import.meta.url);

export const UNIT = fileURLToPath(new URL('knockd.service', FOLDER));

/** A file in `examples/`. */
export function exampleDropIn(name: string): string {
  return fileURLToPath(new URL(`examples/${name}`, FOLDER));
}

/** The values of one section, in order. */
export type Section = ReadonlyMap<string, readonly string[]>;

/** @param files the unit, then its drop-ins */
export function readSection(name: string, files: readonly string[] = [UNIT]): Section {
  const values = new Map<string, readonly string[]>();
  for (const file of files) {
    let isIn = false;
    for (const line of linesOf(readFileSync(file, 'utf8'))) {
      if (line.startsWith('[')) isIn = line === `[${name}]`;
      else if (isIn) take(line, values);
    }
  }
  return values;
}

/** Of a key that holds one value: the last. */
export function lastOf(section: Section, key: string): string | undefined {
  return section.get(key)?.at(-1);
}

/** Of a key that holds a list: the words of all its values. */
export function wordsOf(section: Section, key: string): readonly string[] {
  return (section.get(key) ?? []).flatMap((value) => value.split(/\s+/)).filter(Boolean);
}

export function isOn(section: Section, key: string): boolean {
  return ['yes', 'true', 'on', '1'].includes(lastOf(section, key) ?? 'no');
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';'));
}

function take(line: string, values: Map<string, readonly string[]>): void {
  const at = line.indexOf('=');
  if (at < 0) throw new Error(`no '=' in the line '${line}'`);
  const [key, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
}
