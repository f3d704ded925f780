/** What the manual pages say of the command lines is what the programs say of themselves. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

function say(program: string, ...args: readonly string[]): string {
  const path = fileURLToPath(new URL(`bin/${program}`, ROOT));
  const { status, stdout } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  assert.equal(status, 0, [program, ...args].join(' '));
  return stdout;
}

function page(program: string): string {
  return readFileSync(new URL(`docs/${program}.1.md`, ROOT), 'utf8');
}

/** Of `-i, --interface IF   listen`: `-i --interface IF`; sorted. */
function optionsOfHelp(help: string): readonly string[] {
  return [...help.matchAll(/^ {2,6}(?:(-\w), )?(--[\w-]+)(?: ([A-Z]+))? /gm)]
    .map(([, short, long, value]) => [short, long, value].filter(Boolean).join(' '))
    .sort();
}

/** The same of the rows of tables: ``| `-i`, `--interface IF` | listen |``. */
function optionsOfPage(text: string): readonly string[] {
  return [...text.matchAll(/^\| (?:`(-\w)`, )?`(--[^`]+)`/gm)]
    .map(([, short, long]) => [short, long].filter(Boolean).join(' '))
    .sort();
}

for (const program of ['knockd', 'knock']) {
  test(`${program}: the options of the manual page are those of --help`, () => {
    const options = optionsOfHelp(say(program, '--help'));
    assert.ok(options.length > 6, options.join('\n'));
    assert.deepEqual(optionsOfPage(page(program)), options);
  });

  test(`${program}: the synopsis of the manual page has every option`, () => {
    const synopsis = page(program).split('## ')[2] ?? '';
    for (const option of optionsOfHelp(say(program, '--help'))) {
      const name = option.split(' ')[0] ?? '';
      assert.match(synopsis, new RegExp(`[[| ]${name}[\\] ]`), option);
    }
  });
}

test('postern: every command of the help is in the manual page, with every option of its own', () => {
  const text = page('postern');
  const described = new Set(optionsOfPage(text).map(longNameOf));
  const commands = [...say('postern', 'help').matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  assert.ok(commands.length > 2, commands.join(' '));
  for (const command of commands) {
    assert.match(text, new RegExp(`postern ${command}\\b`), command);
    for (const option of optionsOfHelp(say('postern', command, '--help')).map(longNameOf)) {
      const isThere = option === '--help' || described.has(option) || text.includes(option);
      assert.ok(isThere, `${option} of postern ${command}`);
    }
  }
});

function longNameOf(option: string): string {
  return /--[\w-]+/.exec(option)?.[0] ?? '';
}
