/** The shape of a packet: what is refused before anything is computed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWireLength, WireText } from './wire-text.ts';

function faultOf(text: string | Uint8Array) {
  const bytes = Buffer.from(text as string);
  return new WireText().load(bytes, 0, bytes.length);
}

test('each fault of the shape, by the cheapest look that finds it', () => {
  const text = '8'.repeat(200);
  assert.equal(faultOf(text), undefined);
  for (const start of '89+/') assert.equal(faultOf(start + text), undefined);
  for (const start of ['7', '0', '-', ' ', '\0', 'A', '\xff']) assert.equal(faultOf(start + text), 'start');
  assert.equal(faultOf(`U2FsdGVkX1${text}`), 'prefix');
  assert.equal(faultOf(`U2FsdGVkX2${text}`), 'start');
  assert.equal(faultOf(''), 'length');
  assert.equal(faultOf('8'.repeat(96)), 'length');
  assert.equal(faultOf('8'.repeat(97)), undefined);
  assert.equal(faultOf('8'.repeat(1500)), undefined);
  assert.equal(faultOf('8'.repeat(1501)), 'length');
  const alphabet = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
  for (let byte = 0; byte < 256; byte++) {
    for (const at of [1, 100, 199]) {
      const bytes = Buffer.from(text);
      bytes[at] = byte;
      const expected = alphabet.has(String.fromCharCode(byte)) ? undefined : 'alphabet';
      assert.equal(faultOf(bytes), expected, `byte ${byte} at ${at}`);
    }
  }
});

test('a text that was refused leaves nothing of the one before', () => {
  const wire = new WireText();
  const text = Buffer.alloc(200, '8');
  assert.equal(wire.load(text, 0, 200), undefined);
  assert.equal(wire.load(text, 0, 3), 'length');
  assert.equal(wire.length, 0);
});

test('bytes beyond the end of the buffer are no text', () => {
  const bytes = Buffer.alloc(150, '8');
  assert.equal(new WireText().load(bytes, 0, 151), 'alphabet');
  assert.equal(new WireText().load(bytes, 149, 300), 'alphabet');
  assert.equal(new WireText().load(bytes, 150, 300), 'start');
  assert.equal(new WireText().load(bytes, 10, 5), 'length');
});

test('lengths are those of whole blocks in base64, and of the HMAC', () => {
  const lengths = (tail: number) =>
    Array.from({ length: 1600 }, (_, i) => i).filter((length) => isWireLength(length, tail));
  const blocks = Array.from({ length: 100 }, (_, n) => Buffer.alloc(16 + 16 * (n + 4)));
  const expected = blocks.map((bytes) => bytes.toString('base64').replace(/=+$/, '').length - 10);
  assert.deepEqual(
    lengths(0),
    expected.filter((length) => length <= 1500),
  );
  assert.deepEqual(
    lengths(43),
    expected.map((length) => length + 43).filter((length) => length <= 1500),
  );
});
