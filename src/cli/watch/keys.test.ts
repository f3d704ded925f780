import assert from 'node:assert/strict';
import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type Key, type KeyPress, keyOf } from './keys.ts';

/** What terminals send, and what it means here. */
const KEYS: readonly (readonly [string, Key | undefined])[] = [
  ['q', 'quit'],
  ['\u0003', 'quit'],
  ['\u001c', 'quit'],
  ['\u001a', 'suspend'],
  ['\u000c', 'redraw'],
  ['\t', 'next-pane'],
  ['\u001b[Z', 'previous-pane'],
  ['\u001b[A', 'up'],
  ['\u001bOA', 'up'],
  ['k', 'up'],
  ['\u001b[B', 'down'],
  ['\u001bOB', 'down'],
  ['j', 'down'],
  ['\u001b[5~', 'page-up'],
  ['\u001b[6~', 'page-down'],
  [' ', 'page-down'],
  ['\u001b[H', 'first'],
  ['\u001b[1~', 'first'],
  ['\u001bOF', 'last'],
  ['g', 'first'],
  ['G', 'last'],
  ['p', 'pause'],
  ['?', 'help'],
  ['x', undefined],
  ['\r', undefined],
];

for (const [bytes, key] of KEYS) {
  test(`${JSON.stringify(bytes)} means ${key ?? 'nothing'}`, () => {
    const input = new PassThrough();
    const pressed: KeyPress[] = [];
    emitKeypressEvents(input);
    input.on('keypress', (_text, press: KeyPress) => pressed.push(press));
    input.emit('data', Buffer.from(bytes));
    assert.deepEqual(pressed.map(keyOf), [key]);
  });
}
