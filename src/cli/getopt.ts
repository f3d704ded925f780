/**
 * Command lines as getopt_long(3) of the GNU C library reads them: short options combine (`-dv`, `-ieth0`), long ones
 * may be abbreviated and take `--name=value` or `--name value`, options may follow operands, `--` ends them.
 * Not supported, because no program of the original needs it: optional arguments, POSIXLY_CORRECT.
 */

import { fail, ok, type Result } from '../base/result.ts';

export interface OptionSpec {
  readonly long: string;
  /** Empty: none. */
  readonly short: string;
  /** The option needs a value; without this it refuses one. */
  readonly takesValue?: true;
  /** Only the name in full means this option, so that abbreviations of others go on to mean those. */
  readonly inFull?: true;
  /** Nothing after this option is read (`--help`, `--version`), so that an error behind it does not hide the answer. */
  readonly final?: true;
}

export interface GivenOption {
  /** The long name in full, however it was written. */
  readonly name: string;
  /** Empty for an option without a value. */
  readonly value: string;
}

export interface CommandLine {
  /** In the order given; an option given twice is here twice. */
  readonly options: readonly GivenOption[];
  readonly operands: readonly string[];
  /** How many of the operands stand before `--`: all of them where there is none. */
  readonly operandsBefore: number;
}

/** @param argv the arguments after the program's name. @returns the reason in one line when they cannot be read. */
export function getopt(argv: readonly string[], specs: readonly OptionSpec[]): Result<CommandLine, string> {
  const options: GivenOption[] = [];
  const operands: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') return ok(commandLine(options, operands, argv.slice(at + 1)));
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const read = readWord(word, argv[at + 1], specs);
    if (!read.ok) return read;
    options.push(...read.value.options);
    if (read.value.usedNext) at++;
    if (read.value.final) break;
  }
  return ok(commandLine(options, operands, []));
}

function commandLine(
  options: readonly GivenOption[],
  before: readonly string[],
  behind: readonly string[],
): CommandLine {
  return { options, operands: [...before, ...behind], operandsBefore: before.length };
}

/** What one word of the command line holds. */
interface WordOptions {
  readonly options: readonly GivenOption[];
  /** The word after it was the value. */
  readonly usedNext: boolean;
  readonly final: boolean;
}

function readWord(
  word: string,
  next: string | undefined,
  specs: readonly OptionSpec[],
): Result<WordOptions, string> {
  return word.startsWith('--')
    ? readLong(word.slice(2), next, specs)
    : readShorts(word.slice(1), next, specs);
}

function readLong(
  text: string,
  next: string | undefined,
  specs: readonly OptionSpec[],
): Result<WordOptions, string> {
  const equals = text.indexOf('=');
  const found = findLong(equals < 0 ? text : text.slice(0, equals), specs);
  if (!found.ok) return found;
  const { long, takesValue, final } = found.value;
  if (takesValue === undefined) {
    if (equals >= 0) return fail(`option '--${long}' takes no value`);
    return ok({ options: [{ name: long, value: '' }], usedNext: false, final: final ?? false });
  }
  const value = equals >= 0 ? text.slice(equals + 1) : next;
  if (value === undefined) return fail(`option '--${long}' needs a value`);
  return ok({ options: [{ name: long, value }], usedNext: equals < 0, final: final ?? false });
}

function findLong(name: string, specs: readonly OptionSpec[]): Result<OptionSpec, string> {
  const candidates = specs.filter(({ long, inFull }) => (inFull ? long === name : long.startsWith(name)));
  const exact = candidates.find((spec) => spec.long === name);
  const only = exact ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (only !== undefined) return ok(only);
  if (candidates.length === 0) return fail(`unknown option '--${name}'`);
  const names = candidates.map((spec) => `'--${spec.long}'`).join(', ');
  return fail(`option '--${name}' is ambiguous: it could be ${names}`);
}

function readShorts(
  letters: string,
  next: string | undefined,
  specs: readonly OptionSpec[],
): Result<WordOptions, string> {
  const options: GivenOption[] = [];
  const chars = [...letters];
  for (const [at, letter] of chars.entries()) {
    const spec = specs.find((candidate) => candidate.short === letter);
    if (spec === undefined) return fail(`unknown option '-${letter}'`);
    if (spec.takesValue) {
      const rest = chars.slice(at + 1).join('');
      const value = rest === '' ? next : rest;
      if (value === undefined) return fail(`option '-${letter}' needs a value`);
      options.push({ name: spec.long, value });
      return ok({ options, usedNext: rest === '', final: spec.final ?? false });
    }
    options.push({ name: spec.long, value: '' });
    if (spec.final) return ok({ options, usedNext: false, final: true });
  }
  return ok({ options, usedNext: false, final: false });
}
