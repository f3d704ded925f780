/** The text of a configuration with other lines in the place of some: what goes, what comes, and what stays. Pure. */

import { FOREVER_MS } from '../../base/duration.ts';
import { durationText } from '../../config/duration-value.ts';
import type { DoorKey } from '../../config/keys.ts';
import type { ConfigPlaces } from '../../config/parse-config.ts';
import type { MovedDoor } from './migrate-doors.ts';

export interface TextLine {
  readonly kind: 'kept' | 'removed' | 'added';
  readonly text: string;
}

/** A line of `[options]`. */
export interface OptionLine {
  readonly key: 'Firewall' | 'Chain' | 'Interface' | 'PidFile' | 'LogFile';
  readonly value: string;
}

const COMMAND_KEYS: readonly DoorKey[] = [
  'Start_Command',
  'Start_Command_6',
  'Cmd_Timeout',
  'Stop_Command',
  'Stop_Command_6',
];

/** Every door of `moved` stands in this text. */
export function rewrite(
  text: string,
  places: ConfigPlaces,
  moved: readonly MovedDoor[],
  options: readonly OptionLine[],
): readonly TextLine[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const gone = new Set<number>();
  const behind = new Map<number, readonly string[]>();
  for (const { door, becomes } of moved) {
    const numbers = COMMAND_KEYS.flatMap((key) => places.ofDoor(door.name, key)?.line ?? []).sort(
      (a, b) => a - b,
    );
    for (const number of numbers) gone.add(number);
    const allowsFrom = door.allowFrom.length > 0;
    behind.set(numbers[0] ?? 0, indented(lines[(numbers[0] ?? 1) - 1], doorLines(becomes, allowsFrom)));
  }
  for (const { key } of options) {
    const line = places.ofOption(key)?.line;
    if (line !== undefined) gone.add(line);
  }
  const section = lines.findIndex((line) => /^\s*\[\s*options\s*\]\s*$/i.test(line)) + 1;
  const written = options.map(({ key, value }) => `${key} = ${value}`);
  if (section > 0) behind.set(section, indented(lines[section], written));
  const head = section > 0 || written.length === 0 ? [] : ['[options]', ...indented('    ', written), ''];
  return [
    ...head.map(added),
    ...lines.flatMap((line, index) => [
      { kind: gone.has(index + 1) ? 'removed' : 'kept', text: line } as const,
      ...(behind.get(index + 1) ?? []).map(added),
    ]),
  ];
}

/** What is written anew. */
export function newText(lines: readonly TextLine[]): string {
  return `${lines.flatMap(({ kind, text }) => (kind === 'removed' ? [] : [text])).join('\n')}\n`;
}

function doorLines(becomes: MovedDoor['becomes'], allowsFrom: boolean): readonly string[] {
  if (becomes.kind === 'close') return [`Close = ${becomes.target}`];
  const time = becomes.forMs === FOREVER_MS ? 'forever' : durationText(becomes.forMs);
  const lines = [`Open = ${becomes.ports}`, `Open_For = ${time}`];
  return becomes.ipv4Only && !allowsFrom ? [...lines, 'Allow_From = 0.0.0.0/0'] : lines;
}

/** As far to the right as that line. */
function indented(like: string | undefined, lines: readonly string[]): readonly string[] {
  const [indent = ''] = /^[ \t]*/.exec(like ?? '') ?? [];
  return lines.map((line) => `${indent}${line}`);
}

function added(text: string): TextLine {
  return { kind: 'added', text };
}
