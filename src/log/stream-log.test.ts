import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartLines } from './start-lines.ts';
import { type LineStream, StreamLog } from './stream-log.ts';

function stream() {
  const written: string[] = [];
  const breaks: ((error: Error) => void)[] = [];
  const state = { writableLength: 0 };
  const it: LineStream = {
    get writableLength() {
      return state.writableLength;
    },
    write: (text) => written.push(text) > 0,
    on: (_, listener) => breaks.push(listener),
  };
  const breakIt = () => {
    for (const listener of breaks) listener(new Error('EPIPE'));
  };
  return { it, written, state, breakIt };
}

test('only lines as grave as asked for are written, each as one line', () => {
  const { it, written } = stream();
  const log = new StreamLog(it, 'info');
  log.log('debug', 'packet');
  log.log('info', 'one\ntwo');
  log.log('error', 'three');
  assert.deepEqual(written, ['one\\x0atwo\n', 'three\n']);
});

test('a reader that is too slow, or gone, costs lines and nothing else', () => {
  const { it, written, state, breakIt } = stream();
  const log = new StreamLog(it, 'info');
  state.writableLength = 2 ** 24;
  log.log('info', 'too slow');
  state.writableLength = 0;
  log.log('info', 'in time');
  breakIt();
  log.log('info', 'gone');
  assert.deepEqual(written, ['in time\n']);
});

test('of a start in the background warnings and errors are kept, until they are taken', () => {
  const lines = new StartLines();
  for (const level of ['error', 'warning', 'notice', 'info', 'debug'] as const) lines.log(level, level);
  assert.deepEqual(lines.take(), ['error', 'warning']);
  lines.log('error', 'later');
  assert.deepEqual(lines.take(), []);
});
