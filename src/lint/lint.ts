/** Advice on a configuration without errors: what works, and should not be left so. */

import type { Diagnostic } from '../config/config.ts';
import { COMMAND_RULES } from './command-rules.ts';
import { DOOR_RULES } from './door-rules.ts';
import { FILE_RULES } from './file-rules.ts';
import { PUBLISHED_RULES } from './published-rules.ts';
import type { AdvicePlace, LintInput, Rule } from './rule.ts';
import { SEQUENCE_RULES } from './sequence-rules.ts';

/** In the order in which `postern check --explain` lists them. */
export const RULES: readonly Rule[] = [
  ...SEQUENCE_RULES,
  ...COMMAND_RULES,
  ...DOOR_RULES,
  ...PUBLISHED_RULES,
  ...FILE_RULES,
];

export interface Warning extends Diagnostic {
  /** Of the rule. */
  readonly code: string;
}

/** By file in the order of the configuration, then by line and column. */
export function lint(input: LintInput): readonly Warning[] {
  const warnings = RULES.flatMap(({ code, check }) =>
    check(input).map(({ at, message, hint }) => ({ ...placeOf(at, input), code, message, hint })),
  );
  const order = new Map(input.config.files.map((file, index) => [file, index]));
  const rank = (file: string) => order.get(file) ?? order.size;
  return warnings.sort((a, b) => rank(a.file) - rank(b.file) || a.line - b.line || a.column - b.column);
}

function placeOf(
  at: AdvicePlace,
  { places, config }: LintInput,
): Pick<Diagnostic, 'file' | 'line' | 'column'> {
  const whole = { file: 'file' in at ? at.file : (config.files[0] ?? ''), line: 0, column: 0 };
  if ('file' in at) return whole;
  const found = 'option' in at ? places.ofOption(at.option) : doorPlace(at, places);
  if (found === undefined) return whole;
  const { file, line, column } = found;
  return { file, line, column };
}

/** The key, under whatever name it is written; else the title. */
function doorPlace({ door, key }: Extract<AdvicePlace, { door: string }>, places: LintInput['places']) {
  return (key === undefined ? undefined : places.ofDoor(door, key)) ?? places.ofDoor(door);
}
