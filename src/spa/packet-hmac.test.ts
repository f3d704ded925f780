/** The HMAC made of two hashes, beside the one of node:crypto. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { DIGEST_NAMES } from './digest.ts';
import { PacketHmac } from './packet-hmac.ts';
import { SecretKey } from './secret-key.ts';
import { isWireLength, STRIPPED_PREFIX, WireText } from './wire-text.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

test('random texts and keys of all lengths: exactly the HMAC of node:crypto matches', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const wire = new WireText();
  for (const type of DIGEST_NAMES) {
    for (let keyLength = 1; keyLength <= 150; keyLength++) {
      const key = random.bytes(keyLength);
      const hmac = new PacketHmac(new SecretKey(key), type);
      const lengths = Array.from({ length: 1500 }, (_, i) => i).filter((length) =>
        isWireLength(length, hmac.tailLength),
      );
      const length = random.pick(lengths) - hmac.tailLength;
      const text = `8${Array.from({ length: length - 1 }, () => ALPHABET[random.below(64)]).join('')}`;
      const base64 = createHmac(type, key)
        .update(STRIPPED_PREFIX + text)
        .digest('base64');
      const good = text + base64.slice(0, hmac.tailLength);
      const matches = (changed: string) => {
        assert.equal(wire.load(Buffer.from(changed), 0, changed.length), undefined);
        return hmac.matches(wire);
      };
      const where = `seed ${random.seed} ${type} key ${keyLength} text ${length}`;
      assert.ok(matches(good), where);
      const at = 1 + random.below(good.length - 1);
      const other = ALPHABET[(ALPHABET.indexOf(good[at]!) + 1 + random.below(63)) % 64]!;
      assert.equal(matches(good.slice(0, at) + other + good.slice(at + 1)), false, `${where} at ${at}`);
    }
  }
});

test('one buffer serves keys of every block size in turn, and packets of every length', () => {
  const wire = new WireText();
  const hmacs = DIGEST_NAMES.map((type) => new PacketHmac(new SecretKey(Buffer.from('key')), type));
  for (let round = 0; round < 3; round++) {
    for (const hmac of hmacs) {
      const text = '8'.repeat(300).slice(0, 118 + 32 * round);
      const good = text + hmac.sign(STRIPPED_PREFIX + text);
      if (!isWireLength(good.length, hmac.tailLength)) continue;
      assert.equal(wire.load(Buffer.from(good), 0, good.length), undefined);
      for (const each of hmacs) assert.equal(each.matches(wire), each === hmac);
    }
  }
});
