/** What the documentation says of the configuration is what the parser takes. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fail, ok } from '../src/base/result.ts';
import { formatDiagnostic } from '../src/config/format-diagnostic.ts';
import { DOOR_TABLE, OPTION_TABLE } from '../src/config/keys.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { RULES } from '../src/lint/lint.ts';
import { sectionOf } from './support/manual-page.ts';

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
      configOf(text, `${page}, from line ${line + 1}`);
      count++;
    }
  }
  assert.ok(count > 0, 'no example was found');
});

test('every key is described, and nothing else is', () => {
  const page = readFileSync(new URL('docs/knockd.conf.5.md', ROOT), 'utf8');
  const options = sectionOf(page, 'Options') ?? '';
  const doors = sectionOf(page, 'Doors') ?? '';
  const keysIn = (section: string) =>
    [...section.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key),
    );
  assert.deepEqual(keysIn(options).toSorted(), [...OPTION_TABLE.names].toSorted());
  assert.deepEqual(keysIn(doors).toSorted(), [...DOOR_TABLE.names].toSorted());
});

test('the manual page of postern has every code of a warning', () => {
  const section = sectionOf(readFileSync(new URL('docs/postern.8.md', ROOT), 'utf8'), 'postern check') ?? '';
  const [, rows = ''] = section.split(/^\| code .*$/m);
  const codes = [...rows.matchAll(/^\| `([\w-]+)` /gm)].map(([, code]) => code);
  assert.deepEqual(
    codes,
    RULES.map(({ code }) => code),
  );
});

/** What must stand in a section so that a key may, and whatever the key says changes nothing else. */
const BASE_LINES: Readonly<Record<string, string>> = {
  Chain: 'Firewall = iptables',
  Mark: 'Firewall = nftables-mark',
  Open_For: 'Open = tcp/22',
  Open_For_Max: 'Open = tcp/22\nOpen_For = 30',
  Also_Prefix: 'Open = tcp/22',
};

test('a default that is told as a value is what the parser takes without the key', () => {
  const page = readFileSync(new URL('docs/knockd.conf.5.md', ROOT), 'utf8');
  const options = sectionOf(page, 'Options') ?? '';
  const doors = sectionOf(page, 'Doors') ?? '';
  const check = (section: string, title: string) => {
    const rows = [...section.matchAll(/^\| `(\w+)`.*\| `([^`]+)` +\|$/gm)];
    assert.ok(rows.length > 2, title);
    for (const [, key = '', value = ''] of rows) {
      const base = `${titleFor(key, title)}\n${BASE_LINES[key] ?? ''}`;
      assert.deepEqual(configOf(`${base}\n${key} = ${value}`), configOf(base), `${key} = ${value}`);
    }
  };
  check(options, '[options]');
  check(doors, '[a]\nSequence = 1');
});

/** Doors that packets or the time open have other keys beside them. */
function titleFor(key: string, title: string): string {
  const keys = 'Spa_Key = plain:12345678\nSpa_Hmac_Key = plain:12345678';
  if (key.startsWith('Spa_') || key === 'Open_For_Max') return `[a]\n${keys}`;
  return key.startsWith('Totp_') ? `[a]\nTotp_Secret = ${TOTP_SECRET}` : title;
}

const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** Files with keys are not there: their keys are. @param place what stands for the text in a message */
function configOf(text: string, place = text) {
  const whole = text.replaceAll(/file:\S+\.totp/g, TOTP_SECRET).replaceAll(/file:\S+/g, 'plain:12345678');
  const result = parseConfig(whole, 'x', {
    read: () => fail('not here'),
    list: () => ok([]),
    isSame: () => true,
  });
  assert.ok(result.ok, `${place}:\n${result.ok ? '' : result.error.map(formatDiagnostic).join('\n')}`);
  return result.value;
}
