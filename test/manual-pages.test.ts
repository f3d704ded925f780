/** What the manual pages say of the command lines is what the programs say of themselves, and every reader can show it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  builtPath,
  commandsOfPostern,
  optionsOfHelp,
  optionsOfPage,
  PAGES,
  type Program,
  say,
  sectionOf,
  sourceOf,
} from './support/manual-page.ts';

const OF_PROGRAMS: readonly (readonly [Program, string])[] = [
  ['knockd', 'knockd.8'],
  ['knock', 'knock.1'],
];

/** What commands that ask the daemon have in common stands in the chapter's own table. */
const ASKING = 'Commands that ask the daemon';

for (const [program, page] of OF_PROGRAMS) {
  test(`${program}: the options of the manual page are those of --help`, () => {
    const options = optionsOfHelp(say(program, '--help'));
    assert.ok(options.length > 6, options.join('\n'));
    assert.deepEqual(optionsOfPage(sourceOf(page)), options);
  });

  test(`${program}: the synopsis of the manual page has every option`, () => {
    const synopsis = sectionOf(sourceOf(page), 'Synopsis') ?? '';
    for (const option of optionsOfHelp(say(program, '--help'))) {
      const name = option.split(' ')[0] ?? '';
      assert.match(synopsis, new RegExp(`[[| ]${name}[\\] ]`), option);
    }
  });
}

describe('postern', () => {
  const page = sourceOf('postern.8');
  const [common = ''] = (sectionOf(page, ASKING) ?? '').split('\n### ');
  const commands = commandsOfPostern();
  assert.ok(commands.length > 15, commands.join(' '));
  for (const command of commands) {
    test(`${command}: has a section with the options of its --help, and a synopsis`, () => {
      const title = titles(page).find((each) => `${each} `.startsWith(`postern ${command} `)) ?? '';
      const section = sectionOf(page, title);
      assert.ok(section !== undefined, `postern.8.md has no '### postern ${command}'`);
      const asks = sectionOf(sectionOf(page, ASKING) ?? '', title) !== undefined;
      const options = optionsOfHelp(say('postern', command, '--help'));
      assert.deepEqual(optionsOfPage(asks ? `${common}\n${section}` : section), options);
      assert.match(sectionOf(page, 'Synopsis') ?? '', new RegExp(`^    postern ${command}\\b`, 'm'));
    });
  }

  test('every section is of a command that exists', () => {
    for (const title of titles(page).filter((each) => each.startsWith('postern '))) {
      assert.ok(commands.includes(title.split(' ')[1] ?? ''), title);
    }
  });
});

/** Of other programs. */
const FOREIGN = new Set(['--dport']);

test('no page speaks of an option that no program has', () => {
  const helps = [say('knockd', '--help'), say('knock', '--help')].concat(
    commandsOfPostern().map((command) => say('postern', command, '--help')),
  );
  const known = new Set(helps.flatMap(optionsOfHelp).flatMap((option) => option.split(' ')));
  for (const page of PAGES) {
    for (const [, option = ''] of sourceOf(page).matchAll(/(?<![\w-])(--[a-z][\w-]*)/g)) {
      assert.ok(known.has(option) || option === '--help' || FOREIGN.has(option), `${option} in ${page}.md`);
    }
  }
});

/** A release has a date; what is not released yet has none, and mandoc says so. */
const NO_DATE = /missing date/;

const READERS: readonly (readonly [string, ...string[]])[] = [
  ['mandoc', '-Tlint', '-Wwarning'],
  ['groff', '-ww', '-man', '-Tutf8'],
];

describe('the built pages', () => {
  for (const [reader, ...options] of READERS) {
    test(`${reader} has nothing to warn of`, (t) => {
      if (isMissing(reader)) return t.skip(`no ${reader} here`);
      for (const page of PAGES) {
        const { stdout, stderr } = run(reader, [...options, builtPath(page)]);
        const complaints = `${options[0] === '-Tlint' ? stdout : ''}${stderr}`.split('\n');
        assert.deepEqual(
          complaints.filter((line) => line !== '' && !NO_DATE.test(line)),
          [],
        );
      }
    });
  }

  test('a reader shows every option as the source has it', (t) => {
    if (isMissing('groff')) return t.skip('no groff here');
    for (const page of PAGES) {
      const shown = run('groff', ['-man', '-Tutf8', '-P-cbou', '-rLL=200n', builtPath(page)]).stdout;
      for (const option of optionsOfPage(sourceOf(page))) {
        const text = option.replace(/^(-\w) /, '$1, ');
        assert.ok(shown.includes(` ${text} `) || shown.includes(` ${text}\n`), `${text} in ${page}`);
      }
    }
  });

  test('mandb finds name and purpose of each', (t) => {
    if (isMissing('lexgrog')) return t.skip('no lexgrog here');
    for (const page of PAGES) {
      const [, name, purpose] = /^## Name\n\n(\S+) - (.+)$/m.exec(sourceOf(page)) ?? [];
      const path = builtPath(page);
      assert.equal(run('lexgrog', [path]).stdout, `${path}: "${name} - ${purpose}"\n`);
    }
  });

  test('are the same bytes at each build', () => {
    const before = PAGES.map((page) => readFileSync(builtPath(page), 'utf8'));
    const script = fileURLToPath(new URL('../../scripts/man-pages.mjs', import.meta.url));
    const call = `await (await import(${JSON.stringify(script)})).makeManualPages({ force: true })`;
    assert.equal(run(process.execPath, ['--input-type=module', '-e', call]).status, 0);
    assert.deepEqual(
      PAGES.map((page) => readFileSync(builtPath(page), 'utf8')),
      before,
    );
  });
});

test('npm installs every page', () => {
  const { man, files } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.deepEqual([...man].sort(), PAGES.map((page) => `dist/man/${page}`).sort());
  assert.ok(files.includes('dist/man'));
});

function titles(page: string): readonly string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
}

function isMissing(program: string): boolean {
  return run(program, ['-h']).error !== undefined;
}

function run(program: string, args: readonly string[]) {
  const env = { ...process.env, GROFF_NO_SGR: '1' };
  return spawnSync(program, args, { encoding: 'utf8', env, timeout: 60_000 });
}
