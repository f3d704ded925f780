/** Puts a profile into the bytes of profiles.conf. Whatever else stands there stays as it is, byte for byte. Pure. */

import { lexLines } from '../../config/lex-lines.ts';

export type Entries = readonly (readonly [key: string, value: string])[];

/** Bytes that are no UTF-8 stay what they are: one character is one byte. */
const BYTES = 'latin1';

/** With the profile at the end, or in the place of the one of that name, whose comments stay. */
export function withProfile(bytes: Buffer, name: string, entries: Entries): Buffer {
  const text = bytes.toString(BYTES);
  const found = placeOf(text, Buffer.from(name).toString(BYTES));
  const title = `[${name}]`;
  const body = entries.map(([key, value]) => `    ${key} = ${value}`);
  const lines = text.split('\n');
  if (found === undefined) {
    const before = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
    return Buffer.concat([bytes, Buffer.from(`${before}${[title, ...body, ''].join('\n')}`)]);
  }
  const kept = lines.flatMap((line, at) => {
    if (at === found.title) return [line, ...body.map((each) => Buffer.from(each).toString(BYTES))];
    return found.entries.has(at) ? [] : [line];
  });
  return Buffer.from(kept.join('\n'), BYTES);
}

interface SectionPlace {
  /** Lines, from 0. */
  readonly title: number;
  readonly entries: ReadonlySet<number>;
}

/** Of the first section of that name. */
function placeOf(text: string, name: string): SectionPlace | undefined {
  let title: number | undefined;
  const entries = new Set<number>();
  for (const line of lexLines(text, '')) {
    if (line.kind === 'entry') {
      if (title !== undefined) entries.add(line.key.line - 1);
    } else if (title !== undefined) break;
    else if (line.kind === 'section' && line.name.text === name) title = line.name.line - 1;
  }
  return title === undefined ? undefined : { title, entries };
}
