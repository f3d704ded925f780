/** The manual pages' sources, and what the programs say of themselves. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KNOCK, KNOCKD, POSTERN } from '../../lab/programs.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAMS = { knockd: KNOCKD, knock: KNOCK, postern: POSTERN } as const;

export type Program = keyof typeof PROGRAMS;

/** `knockd.8` and the others. */
export const PAGES = readdirSync(join(ROOT, 'docs'))
  .filter((name) => /\.[1-8]\.md$/.test(name))
  .map((name) => name.replace(/\.md$/, ''));

/** Standard output of a program that has nothing to complain of. */
export function say(program: Program, ...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAMS[program], ...args], { encoding: 'utf8' });
  assert.equal(status, 0, [program, ...args].join(' '));
  return stdout;
}

/** @param name such as `knockd.8` */
export function sourceOf(name: string): string {
  return readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8');
}

/** The file that manual readers get. */
export function builtPath(name: string): string {
  return join(ROOT, 'dist/man', name);
}

/** Commands of `postern help`, without `help` and `version`. */
export function commandsOfPostern(): readonly string[] {
  const rows = say('postern', 'help')
    .split('\n')
    .filter((line) => /^ {2}[a-z]/.test(line));
  const names = rows.flatMap((row) => (row.trim().split(/ {2,}/)[0] ?? '').split(', '));
  const commands = names.map((name) => name.split(' ')[0] ?? '');
  return [...new Set(commands)].filter((name) => name !== 'help' && name !== 'version');
}

/** Of `-i, --interface IF   listen`: `-i --interface IF`; sorted, without `--help`. */
export function optionsOfHelp(help: string): readonly string[] {
  return [...help.matchAll(/^ {2,6}(?:(-\w), )?(--[\w-]+)(?: ([A-Z]+))? /gm)]
    .map(([, short, long, value]) => [short, long, value].filter(Boolean).join(' '))
    .filter((option) => option !== '-h --help')
    .sort();
}

/** The same of the rows of tables: ``| `-i`, `--interface IF` | listen |``. */
export function optionsOfPage(text: string): readonly string[] {
  return [...text.matchAll(/^\| (?:`(-\w)`, )?`(--[^`]+)`/gm)]
    .map(([, short, long]) => [short, long].filter(Boolean).join(' '))
    .filter((option) => option !== '-h --help')
    .sort();
}

/** What stands below a heading, up to the next one of its depth or less; undefined where there is none. */
export function sectionOf(page: string, title: string): string | undefined {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title);
  if (start < 0) return undefined;
  const depth = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => new RegExp(`^#{1,${depth}} `).test(line));
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}
