/** The codec against packets of the real fwknop client: test/vectors/fwknop/README.md tells how they were made. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeBase64 } from './base64-text.ts';
import { decodePacket } from './decode-packet.ts';
import { parseDigestName } from './digest.ts';
import { encodePacket } from './encode-packet.ts';
import { PacketHmac } from './packet-hmac.ts';
import { formatPlain } from './plain-fields.ts';
import { SecretKey } from './secret-key.ts';
import { STRIPPED_PREFIX } from './wire-text.ts';

interface Vector {
  readonly name: string;
  readonly key: string;
  readonly hmacKey?: string;
  readonly hmacType?: string;
  readonly digest: string;
  readonly plain: string;
  readonly wire: string;
}

const FILE = new URL('../../../test/vectors/fwknop/packets.json', import.meta.url);
const VECTORS: readonly Vector[] = JSON.parse(readFileSync(FILE, 'utf8'));

const SALT_AT = 8;
const SALT_END = 16;

function sealing({ key, hmacKey, hmacType = '', digest: digestName }: Vector) {
  const type = parseDigestName(hmacType);
  const digest = parseDigestName(digestName);
  assert.ok(digest !== undefined, `unknown digest '${digestName}'`);
  const hmac =
    hmacKey === undefined || type === undefined
      ? undefined
      : new PacketHmac(new SecretKey(Buffer.from(hmacKey, 'base64')), type);
  return { key: new SecretKey(Buffer.from(key, 'base64')), hmac, digest };
}

function saltOf(wire: string): Uint8Array {
  const start = decodeBase64((STRIPPED_PREFIX + wire).slice(0, 24));
  assert.ok(start !== undefined);
  return start.subarray(SALT_AT, SALT_END);
}

for (const vector of VECTORS) {
  test(`the client's packet is read, and written again byte for byte: ${vector.name}`, () => {
    const { key, hmac, digest } = sealing(vector);
    const read = decodePacket(Buffer.from(vector.wire), { key, hmac, allowWeakDigests: true });
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(read.value.digest, digest);
    assert.equal(read.value.user, 'alice');
    assert.equal(formatPlain(read.value), vector.plain);
    const written = encodePacket(read.value, { key, hmac, digest }, saltOf(vector.wire));
    assert.deepEqual(written, { ok: true, value: vector.wire });
  });
}

test('the vectors have every message type, digest and HMAC type', () => {
  const types = new Set(VECTORS.map(({ plain }) => plain.split(':')[4]));
  assert.deepEqual([...types].sort(), ['0', '1', '2', '3', '4', '5', '6']);
  assert.equal(new Set(VECTORS.map(({ digest }) => digest)).size, 7);
  assert.equal(new Set(VECTORS.flatMap(({ hmacType = [] }) => hmacType)).size, 7);
});

test('MD5 and SHA-1 inside are refused unless they are allowed', () => {
  for (const name of ['md5', 'sha1']) {
    const vector = VECTORS.find((each) => each.name === `digest ${name}`);
    assert.ok(vector !== undefined);
    const { key, hmac } = sealing(vector);
    const read = decodePacket(Buffer.from(vector.wire), { key, hmac, allowWeakDigests: false });
    assert.deepEqual(read, { ok: false, error: { reason: 'weak-digest', digest: name } });
  }
});
