import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paletteFor } from '../paint.ts';
import { glyphsFor } from './glyphs.ts';
import type { Line } from './line.ts';
import { pictureOf, update } from './screen.ts';

const SIZE = { columns: 10, rows: 3 };
const GLYPHS = glyphsFor({ LANG: 'C.UTF-8' });
const COLOURED = paletteFor({ isTTY: true }, {});
const WITHOUT = paletteFor({ isTTY: true }, { NO_COLOR: '1' });

function picture(...lines: readonly string[]) {
  return pictureOf(
    lines.map((text): Line => [{ text, tone: 'plain' }]),
    SIZE,
    WITHOUT,
    GLYPHS,
  );
}

test('on a screen that is not known everything is drawn', () => {
  assert.equal(
    update(undefined, picture('one', 'two')),
    '\u001b[H\u001b[2J\u001b[1;1Hone\u001b[K\u001b[2;1Htwo\u001b[K',
  );
});

test('only lines that differ are drawn, and nothing when none does', () => {
  const shown = picture('one', 'two', 'three');
  assert.equal(update(shown, picture('one', 'two', 'three')), '');
  assert.equal(update(shown, picture('one', 'TWO', 'three')), '\u001b[2;1HTWO\u001b[K');
  assert.equal(update(shown, picture('one', '', 'three')), '\u001b[2;1H\u001b[K');
});

test('in another size everything is drawn', () => {
  const shown = { ...picture('one'), size: { columns: 11, rows: 3 } };
  assert.ok(update(shown, picture('one')).startsWith('\u001b[H\u001b[2J\u001b[1;1Hone'));
});

test('after a full line nothing is erased, for the cursor stands on its last character', () => {
  assert.equal(update(picture(''), picture('0123456789')), '\u001b[1;1H0123456789');
});

test('colours are those of the palette, and none without', () => {
  const line: Line = [
    { text: 'a', tone: 'plain' },
    { text: 'b', tone: 'bad' },
    { text: '', tone: 'dim' },
  ];
  assert.deepEqual(pictureOf([line], SIZE, COLOURED, GLYPHS).lines, ['a\u001b[31mb\u001b[0m\u001b[K']);
  assert.deepEqual(pictureOf([line], SIZE, WITHOUT, GLYPHS).lines, ['ab\u001b[K']);
});

test('whatever a line holds, no control character but our own reaches the terminal', () => {
  const { lines } = picture('a\u001b[2J\u009bm\n\u0007');
  assert.deepEqual(lines, ['a?[2J?m ?\u001b[K']);
});
