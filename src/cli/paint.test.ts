import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns } from './columns.ts';
import { paletteFor } from './paint.ts';

const CASES: readonly (readonly [string, boolean, Record<string, string>, string])[] = [
  ['on a terminal', true, {}, '\u001b[32mon\u001b[0m'],
  ['in a pipe', false, {}, 'on'],
  ['with NO_COLOR', true, { NO_COLOR: '1' }, 'on'],
  ['with an empty NO_COLOR, which means nothing', true, { NO_COLOR: '' }, '\u001b[32mon\u001b[0m'],
  ['on a dumb terminal', true, { TERM: 'dumb' }, 'on'],
];

for (const [where, isTTY, environment, expected] of CASES) {
  test(`${where} it is ${expected === 'on' ? 'plain' : 'coloured'}`, () => {
    assert.equal(paletteFor({ isTTY }, environment).good('on'), expected);
  });
}

test('colours take no room in columns', () => {
  const { good, bad } = paletteFor({ isTTY: true }, {});
  assert.deepEqual(
    columns([
      ['ssh', good('on'), 'x'],
      ['website', bad('off'), 'y'],
      ['a', 'on'],
    ]),
    [`ssh      ${good('on')}   x`, `website  ${bad('off')}  y`, 'a        on'],
  );
  assert.deepEqual(columns([]), []);
});
