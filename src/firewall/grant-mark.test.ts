import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { FOREVER_MS } from '../base/duration.ts';
import { formatGrantMark, parseGrantMark } from './grant-mark.ts';

const seed = seedFromEnvironment();
console.log(`POSTERN_SEED=${seed}`);

test('a mark has the door, and the end in seconds or forever', () => {
  assert.equal(formatGrantMark({ door: 'ssh', endMs: 1_764_061_200_000 }), 'postern:ssh:1764061200');
  assert.equal(formatGrantMark({ door: 'web.2_x-y', endMs: FOREVER_MS }), 'postern:web.2_x-y:forever');
  assert.equal(formatGrantMark({ door: `a b:"'%é`, endMs: 1 }), 'postern:a%20b%3A%22%27%25%C3%A9:1');
});

test('the end is rounded up to the second', () => {
  assert.equal(formatGrantMark({ door: 'a', endMs: 2001 }), 'postern:a:3');
  assert.deepEqual(parseGrantMark('postern:a:3'), { door: 'a', endMs: 3000 });
});

test('every name of a door comes back, in a comment of harmless characters that fits', () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 128 })
    .filter((text) => Buffer.byteLength(text) <= 128);
  const endMs = fc.oneof(
    fc.constant(FOREVER_MS),
    fc.integer({ min: 0, max: 9_999_999_999 }).map((s) => s * 1000),
  );
  fc.assert(
    fc.property(name, endMs, (door, end) => {
      const comment = formatGrantMark({ door, endMs: end });
      assert.match(comment, /^[A-Za-z0-9._%=:-]{1,255}$/);
      assert.deepEqual(parseGrantMark(comment), { door, endMs: end });
    }),
    { seed, numRuns: 2000 },
  );
});

test('the longest names fit', () => {
  for (const door of ['"'.repeat(128), '😀'.repeat(32), 'x'.repeat(128)]) {
    const comment = formatGrantMark({ door, endMs: 99_999_999_999_000 });
    assert.ok(comment.length <= 255, `${comment.length}`);
    assert.equal(parseGrantMark(comment)?.door, door);
  }
});

test('comments of others are not marks', () => {
  const others = [
    ...['', 'postern', 'postern:', 'postern::1', 'postern:ssh', 'postern:ssh:', 'postern:ssh:soon'],
    ...[
      'postern:ssh:1 ',
      ' postern:ssh:1',
      'Postern:ssh:1',
      'postern:a b:1',
      'postern:ssh:-1',
      'postern:ssh:01',
    ],
    ...['postern:%GG:1', 'postern:%ff:1', 'postern:%41:1', 'postern:=c3No:1', 'postern:=:1', 'postern:a:b:1'],
  ];
  for (const comment of others) assert.equal(parseGrantMark(comment), undefined, comment);
});
