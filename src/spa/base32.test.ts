/** Base32 by the vectors of RFC 4648 section 10, and what is no base32. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';

const VECTORS = [
  ['', ''],
  ['f', 'MY======'],
  ['fo', 'MZXQ===='],
  ['foo', 'MZXW6==='],
  ['foob', 'MZXW6YQ='],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI======'],
] as const;

for (const [plain, text] of VECTORS) {
  test(`'${plain}' is ${text}`, () => {
    const bare = text.replaceAll('=', '');
    assert.equal(encodeBase32(Buffer.from(plain)), bare);
    for (const form of [
      text,
      bare,
      bare.toLowerCase(),
      bare.replace(/(..)/g, '$1 '),
      bare.replace(/(...)/g, '$1-'),
    ])
      assert.deepEqual(decodeBase32(form), Uint8Array.from(Buffer.from(plain)), form);
  });
}

test('what is no base32 is refused', () => {
  for (const text of ['M', 'MZX', 'MZXW6Y', 'MZ1Q', 'MZ0Q', 'MZ8Q', 'MÄ', 'MZ\n', 'M=Y', 'MZ', 'MR======='])
    assert.equal(decodeBase32(text), undefined, JSON.stringify(text));
});

test('random bytes are read as they were written', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  for (let i = 0; i < 2000; i++) {
    const bytes = random.bytes(random.below(70));
    assert.deepEqual(decodeBase32(encodeBase32(bytes)), bytes);
  }
});
