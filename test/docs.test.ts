/** What the documentation says of the configuration is what the parser takes. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fail, ok } from '../src/base/result.ts';
import { formatDiagnostic } from '../src/config/format-diagnostic.ts';
import { DOOR_TABLE, OPTION_TABLE } from '../src/config/keys.ts';
import { parseConfig } from '../src/config/parse-config.ts';

const ROOT = new URL('../../', import.meta.url);
const PAGES = ['README.md', ...readdirSync(new URL('docs/', ROOT)).map((name) => `docs/${name}`)];

/** Blocks of lines with four spaces in front that hold a section's title. */
function examplesOf(page: string): readonly { readonly line: number; readonly text: string }[] {
  const found: { line: number; text: string }[] = [];
  let block: string[] = [];
  const lines = [...readFileSync(new URL(page, ROOT), 'utf8').split('\n'), 'end'];
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('    ') || (line === '' && block.length > 0)) {
      block.push(line.slice(4));
      continue;
    }
    if (block.some((each) => /^\[\w+\]$/.test(each)))
      found.push({ line: at - block.length, text: block.join('\n') });
    block = [];
  }
  return found;
}

test('every example of a configuration in the documentation is one', () => {
  let count = 0;
  for (const page of PAGES) {
    for (const { line, text } of examplesOf(page)) {
      const source = { read: () => fail('not here'), list: () => ok([]) };
      const result = parseConfig(text, page, source);
      const said = result.ok ? '' : result.error.map(formatDiagnostic).join('\n');
      assert.ok(result.ok, `${page}, from line ${line + 1}:\n${said}`);
      count++;
    }
  }
  assert.ok(count > 0, 'no example was found');
});

test('every key is described, and nothing else is', () => {
  const page = readFileSync(new URL('docs/knockd.conf.md', ROOT), 'utf8');
  const [, options = '', doors = ''] = page.split(/^## /m);
  const keysIn = (section: string) =>
    [...section.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
    );
  assert.deepEqual(keysIn(options).toSorted(), [...OPTION_TABLE.names].toSorted());
  assert.deepEqual(keysIn(doors).toSorted(), [...DOOR_TABLE.names].toSorted());
});
