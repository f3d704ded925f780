import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalOutput } from './terminal-output.ts';

/** A terminal with so much room in its buffer. */
class SlowTerminal {
  room: number;
  text = '';

  constructor(room: number) {
    this.room = room;
  }

  readonly write = (bytes: Uint8Array): number => {
    if (this.room === 0) throw Object.assign(new Error('try again'), { code: 'EAGAIN' });
    const taken = bytes.subarray(0, this.room);
    this.room -= taken.length;
    this.text += Buffer.from(taken).toString();
    return taken.length;
  };
}

test('what a full terminal does not take waits, in order, and is not lost', () => {
  const terminal = new SlowTerminal(4);
  const output = new TerminalOutput(terminal.write);
  output.send('picture one');
  assert.deepEqual([terminal.text, output.isIdle], ['pict', false]);
  terminal.room = 3;
  output.flush();
  assert.deepEqual([terminal.text, output.isIdle], ['picture', false]);
  terminal.room = 100;
  output.flush();
  assert.deepEqual([terminal.text, output.isIdle], ['picture one', true]);
});

test('the last text takes the place of what waits, and does not wait for ever', () => {
  const terminal = new SlowTerminal(4);
  const output = new TerminalOutput(terminal.write, 40);
  output.send('picture one');
  terminal.room = 3;
  output.sendLast('goodbye');
  assert.equal(terminal.text, 'pictgoo');
});

test('a terminal that has gone is an error', () => {
  const gone = () => {
    throw Object.assign(new Error('input/output error'), { code: 'EIO' });
  };
  assert.throws(() => new TerminalOutput(gone).send('x'), { code: 'EIO' });
});
