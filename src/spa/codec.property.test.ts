/** What is written is read again; whatever is cut, changed or foreign is refused with a reason, never by a throw. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { packet, secret } from '../../test/support/spa-yard.ts';
import { MAPPED_WORD } from '../net/ip-address.ts';
import { decodePacket } from './decode-packet.ts';
import { DIGEST_NAMES } from './digest.ts';
import { encodePacket } from './encode-packet.ts';
import { PacketHmac } from './packet-hmac.ts';
import { SecretKey } from './secret-key.ts';
import type { SpaMessage, SpaPacket } from './spa-packet.ts';

const seed = seedFromEnvironment();

/** With the prototype that parsed values have. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });

const word = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const ipv4 = word.filter((w3) => w3 !== 0).map((w3) => ({ w0: 0, w1: 0, w2: MAPPED_WORD, w3 }));
const ipv6 = record({ w0: word.filter((w0) => w0 !== 0), w1: word, w2: word, w3: word });
const address = fc.option(fc.oneof(ipv4, ipv6), { nil: undefined });
const portNumber = fc.integer({ min: 1, max: 65_535 });
const ports = fc.array(
  record({ protocol: fc.constantFrom('tcp' as const, 'udp' as const), port: portNumber }),
  {
    minLength: 1,
    maxLength: 18,
  },
);
const timeoutS = fc.option(fc.integer({ min: 1, max: 131_072 }), { nil: undefined });
const nat = record({ host: fc.constantFrom('10.0.0.1', 'fd00::1', 'a.example'), port: portNumber });
const text = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'abzAZ09 :,;|$%&/ü€𝄞'), minLength: 1, maxLength });

const message: fc.Arbitrary<SpaMessage> = fc.oneof(
  record({ kind: fc.constant('command' as const), address, command: text(50) }),
  record({ kind: fc.constant('access' as const), address, ports, timeoutS }),
  record({ kind: fc.constantFrom('nat' as const, 'local-nat' as const), address, ports, timeoutS, nat }),
);
const anyPacket: fc.Arbitrary<SpaPacket> = record({
  random: fc.stringMatching(/^[0-9]{16}$/),
  user: text(16),
  timeS: fc.integer({ min: 1, max: 9_999_999_999 }),
  version: fc.constantFrom('3.0.0', '2.0.2'),
  message,
  serverAuth: fc.option(text(16), { nil: undefined }),
});
const bytes = (max: number) =>
  fc.uint8Array({ minLength: 1, maxLength: max }).map((each) => new SecretKey(each));
const anySealing = record({
  key: bytes(32),
  hmac: fc.option(
    fc.tuple(bytes(128), fc.constantFrom(...DIGEST_NAMES)).map(([key, type]) => new PacketHmac(key, type)),
    { nil: undefined },
  ),
  digest: fc.constantFrom(...DIGEST_NAMES),
});

test(`every packet is read as it was written (POSTERN_SEED=${seed})`, () => {
  fc.assert(
    fc.property(anyPacket, anySealing, (what, sealing) => {
      const wire = encodePacket(what, sealing);
      assert.ok(wire.ok, JSON.stringify(wire));
      const read = decodePacket(Buffer.from(wire.value), { ...sealing, allowWeakDigests: true });
      assert.deepEqual(read, { ok: true, value: { ...what, digest: sealing.digest } });
    }),
    { seed, numRuns: 500 },
  );
});

const sealing = { key: secret('testtest'), hmac: new PacketHmac(secret('hmackey1'), 'sha256') };

for (const hmac of [sealing.hmac, undefined]) {
  const opening = { ...sealing, hmac, allowWeakDigests: true };
  const written = encodePacket(packet(), { ...sealing, hmac, digest: 'sha256' });
  assert.ok(written.ok);
  const wire = Buffer.from(written.value);
  const name = hmac === undefined ? 'without HMAC' : 'with HMAC';

  test(`every piece of a packet ${name} is refused`, () => {
    assert.ok(decodePacket(wire, opening).ok);
    for (let length = 0; length < wire.length; length++) {
      assert.equal(decodePacket(wire.subarray(0, length), opening).ok, false, `the first ${length}`);
      assert.equal(
        decodePacket(wire.subarray(wire.length - length), opening).ok,
        false,
        `the last ${length}`,
      );
      const longer = Buffer.concat([wire, wire.subarray(0, length + 1)]);
      assert.equal(decodePacket(longer, opening).ok, false, `${length + 1} more`);
    }
  });

  test(`a packet ${name} with any one bit or character changed is refused`, () => {
    for (let at = 0; at < wire.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        if (byte === wire[at]) continue;
        const changed = Buffer.from(wire);
        changed[at] = byte;
        assert.equal(decodePacket(changed, opening).ok, false, `byte ${at} set to ${byte}`);
      }
    }
  });
}

test('fields that no daemon would take are not written', () => {
  const faultOf = (changes: Partial<SpaPacket>, key = sealing.key) => {
    const written = encodePacket(packet(changes), { ...sealing, key, digest: 'sha256' });
    return written.ok ? 'written' : written.error;
  };
  assert.equal(faultOf({}), 'written');
  assert.equal(faultOf({ user: 'u'.repeat(64) }), 'written');
  assert.equal(faultOf({ user: 'u'.repeat(65) }), 'user');
  assert.equal(faultOf({ user: '' }), 'user');
  assert.equal(faultOf({ user: 'a\nb' }), 'user');
  assert.equal(faultOf({ random: '123' }), 'random');
  assert.equal(faultOf({ timeS: -1 }), 'time');
  assert.equal(faultOf({ version: '1.9' }), 'version');
  assert.equal(faultOf({ serverAuth: 'x'.repeat(65) }), 'server-auth');
  assert.equal(
    faultOf({ message: { kind: 'access', address: undefined, ports: [], timeoutS: undefined } }),
    'message',
  );
  assert.equal(
    faultOf({ message: { kind: 'command', address: undefined, command: 'c'.repeat(249) } }),
    'message',
  );
  assert.equal(faultOf({}, secret('k'.repeat(33))), 'key');
  assert.equal(faultOf({}, secret('')), 'key');
});
