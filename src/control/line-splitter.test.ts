import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';

/** What comes out of the chunks, as one text a line. */
function split(maxBytes: number, ...chunks: readonly (string | Buffer)[]): readonly string[] {
  const splitter = new LineSplitter(maxBytes);
  return chunks.flatMap((chunk) =>
    Array.from(splitter.feed(Buffer.from(chunk)), (line) =>
      line.kind === 'line' ? line.text : `<${line.kind}>`,
    ),
  );
}

const CASES: readonly {
  readonly name: string;
  readonly chunks: readonly string[];
  readonly lines: readonly string[];
}[] = [
  { name: 'one line', chunks: ['abc\n'], lines: ['abc'] },
  { name: 'several in one chunk', chunks: ['a\nb\n\nc\n'], lines: ['a', 'b', '', 'c'] },
  { name: 'one in many chunks', chunks: ['a', 'b', 'c', '\n'], lines: ['abc'] },
  { name: 'an end without a line break is not told', chunks: ['a\nb'], lines: ['a'] },
  { name: 'as long as may be', chunks: ['12345678\n'], lines: ['12345678'] },
  { name: 'one byte more', chunks: ['123456789\nok\n'], lines: ['<too-long>', 'ok'] },
  {
    name: 'too long over chunks, told once and early',
    chunks: ['12345', '67890', '12345\nok\n'],
    lines: ['<too-long>', 'ok'],
  },
];

for (const { name, chunks, lines } of CASES) {
  test(name, () => assert.deepEqual(split(8, ...chunks), lines));
}

test('a character that two chunks share is whole again, and bytes that are no UTF-8 are told', () => {
  const bytes = Buffer.from('ä\n');
  assert.deepEqual(split(8, bytes.subarray(0, 1), bytes.subarray(1)), ['ä']);
  assert.deepEqual(split(8, Buffer.from([0xff, 0x0a, 0x61, 0x0a])), ['<not-utf8>', 'a']);
});

test('it knows whether it is in the middle of a line', () => {
  const splitter = new LineSplitter(4);
  assert.equal(splitter.isMidLine, false);
  Array.from(splitter.feed(Buffer.from('ab')));
  assert.equal(splitter.isMidLine, true);
  Array.from(splitter.feed(Buffer.from('cdef')));
  assert.equal(splitter.isMidLine, false, 'what is thrown away was answered');
});
