/** The judge: what each check refuses, in which order, and that nothing is decrypted before an HMAC was good. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  access,
  door,
  from,
  HOME,
  NOW_MS,
  NOW_S,
  packet,
  port,
  sealed,
  sealedText,
  secret,
} from '../../test/support/spa-yard.ts';
import { digestText } from './digest.ts';
import { SpaJudge } from './judge.ts';
import { openPacket } from './open-packet.ts';
import { formatPlain } from './plain-fields.ts';
import { ReplayWindow } from './replay-window.ts';
import type { SpaDoor } from './spa-door.ts';

/** A judge with a count of decryptions. */
function bench(...doors: readonly SpaDoor[]) {
  const replay = new ReplayWindow({ maxAgeS: 120 });
  const opened = { count: 0 };
  const judge = new SpaJudge(doors, replay, (...args) => {
    opened.count++;
    return openPacket(...args);
  });
  const send = (wire: Uint8Array, source = HOME, nowMs = NOW_MS) =>
    judge.packet(wire, 0, wire.length, from(source), nowMs);
  const reason = (wire: Uint8Array, source = HOME, nowMs = NOW_MS) => {
    const verdict = send(wire, source, nowMs);
    return verdict.kind === 'accepted' ? verdict.kind : verdict.refusal.reason;
  };
  return { judge, replay, opened, send, reason };
}

test('a good packet is accepted, with all that the door needs', () => {
  const { send } = bench(door());
  const wire = sealed(door(), packet({ timeS: NOW_S - 7, message: access('tcp/22', HOME, 45) }));
  assert.deepEqual(send(wire), {
    kind: 'accepted',
    door: 'ssh',
    user: 'alice',
    skewS: -7,
    address: { w0: 0, w1: 0, w2: 0xffff, w3: 0xc6336407 | 0 },
    ports: [port('tcp/22')],
    timeoutS: 45,
  });
});

test('a datagram is judged where it lies in a larger buffer', () => {
  const { judge } = bench(door());
  const wire = sealed(door());
  const frame = Buffer.concat([Buffer.from('head'), wire, Buffer.from('tail')]);
  assert.equal(judge.packet(frame, 4, 4 + wire.length, from(HOME), NOW_MS).kind, 'accepted');
});

test('what has not the shape of a packet is refused before anything is computed', () => {
  const { send, opened } = bench(door());
  const wire = sealed(door());
  const changed = (at: number, byte: number) => Buffer.from(wire.map((each, i) => (i === at ? byte : each)));
  const prefixed = Buffer.from(`U2FsdGVkX1${wire.toString()}`).subarray(0, wire.length);
  const fault = (bytes: Uint8Array) => {
    const verdict = send(bytes);
    return verdict.kind === 'refused' && verdict.refusal.reason === 'shape' ? verdict.refusal.fault : verdict;
  };
  assert.equal(fault(Buffer.alloc(0)), 'length');
  assert.equal(fault(wire.subarray(1)), 'length');
  assert.equal(fault(Buffer.alloc(1501, '8')), 'length');
  assert.equal(fault(Buffer.alloc(65_535, '8')), 'length');
  assert.equal(fault(prefixed), 'prefix');
  assert.equal(fault(changed(0, 0x41)), 'start');
  assert.equal(fault(changed(0, 0)), 'start');
  for (const byte of ['=', ':', '-', '_', ' ', '\n', '\0', '\xff'])
    assert.equal(fault(changed(99, Buffer.from(byte, 'latin1')[0]!)), 'alphabet', byte);
  assert.equal(opened.count, 0);
});

test('a copy is refused, from whatever source, and costs no decryption', () => {
  const { reason, opened } = bench(door({ anySource: true }));
  const wire = sealed(door(), packet({ message: access('tcp/22', '0.0.0.0') }));
  assert.equal(reason(wire), 'accepted');
  assert.equal(reason(wire), 'replay');
  assert.equal(reason(wire, '203.0.113.9'), 'replay');
  assert.equal(opened.count, 1);
});

test('a copy with other characters that mean the same HMAC is no new packet', () => {
  const { reason, opened } = bench(door());
  const wire = sealed(door());
  assert.equal(reason(wire), 'accepted');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = alphabet.indexOf(String.fromCharCode(wire.at(-1)!));
  // 43 characters hold 258 bits, 256 are the HMAC: three other last characters decode to the same bytes.
  for (const unused of [1, 2, 3]) {
    const copy = Buffer.from(wire);
    copy[copy.length - 1] = alphabet.charCodeAt(last ^ unused);
    assert.deepEqual(Buffer.from(copy.toString(), 'base64'), Buffer.from(wire.toString(), 'base64'));
    assert.equal(reason(copy), 'bad-hmac');
  }
  assert.equal(opened.count, 1);
});

test('a copy whose cipher text has other characters that mean the same is refused, without an HMAC too', () => {
  const open = door({ hmac: undefined });
  const { reason } = bench(open);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  // Of every three lengths of the user's name one makes whole groups of four characters, without unused bits.
  const wires = Array.from({ length: 60 }, (_, i) => sealed(open, packet({ user: 'u'.repeat(i + 1) })));
  const wire = wires.find(({ length }) => (length + 10) % 4 !== 0);
  assert.ok(wire !== undefined);
  assert.equal(reason(wire), 'accepted');
  const last = alphabet.indexOf(String.fromCharCode(wire.at(-1)!));
  const copy = Buffer.from(wire);
  copy[copy.length - 1] = alphabet.charCodeAt(last ^ 1);
  assert.equal(reason(copy), 'not-canonical');
});

test('nothing is decrypted before an HMAC was good, whatever the number of keys', () => {
  const doors = [1, 2, 3].map((n) =>
    door({ name: `d${n}`, hmac: { key: secret(`HMAC key ${n}`), type: n === 2 ? 'sha512' : 'sha256' } }),
  );
  const { reason, opened } = bench(...doors);
  const stranger = door({ hmac: { key: secret('another key'), type: 'sha256' } });
  for (let i = 0; i < 100; i++) assert.equal(reason(sealed(stranger)), 'bad-hmac');
  const unsigned = sealed(door({ hmac: undefined }));
  assert.notEqual(reason(unsigned), 'accepted');
  for (const bit of [0, 1, 2, 3, 4]) {
    const wire = sealed(doors[0]!);
    wire[20 * bit + 5] = wire[20 * bit + 5] === 0x41 ? 0x42 : 0x41;
    assert.equal(reason(wire), 'bad-hmac');
  }
  assert.equal(opened.count, 0);
  assert.equal(reason(sealed(doors[1]!)), 'accepted');
  assert.equal(opened.count, 1, 'only the key whose HMAC was good decrypts');
});

test('each of several doors on a port answers to its own keys', () => {
  const doors = ['a', 'b', 'c'].map((name) =>
    door({ name, key: secret(`key of ${name}`), hmac: { key: secret(`HMAC of ${name}`), type: 'sha256' } }),
  );
  const { send } = bench(...doors);
  for (const each of doors) assert.equal(send(sealed(each)).door, each.name);
});

test('doors with the same keys are asked in their order, and the first says no for all', () => {
  const web = door({ name: 'web', ports: [{ protocol: 'tcp', first: 443, last: 443 }] });
  const { send, replay } = bench(door(), web);
  const toWeb = sealed(door(), packet({ message: access('tcp/443') }));
  assert.equal(send(toWeb).door, 'web');
  assert.deepEqual(send(sealed(door(), packet({ message: access('tcp/80') }))), {
    kind: 'refused',
    refusal: { reason: 'port-not-offered', port: port('tcp/80') },
    door: 'ssh',
    user: 'alice',
  });
  assert.equal(replay.size, 2, 'each is remembered once');
});

test('a packet that two doors can read is remembered once and counts against one of them', () => {
  let adds = 0;
  const window = new ReplayWindow({ maxAgeS: 120 });
  const replay = {
    mayHold: (fingerprint: number) => window.mayHold(fingerprint),
    holds: (digest: string) => window.holds(digest),
    isForgotten: (timeS: number) => window.isForgotten(timeS),
    add: (...args: Parameters<ReplayWindow['add']>) => {
      adds++;
      return window.add(...args);
    },
  };
  const web = door({ name: 'web', ports: [{ protocol: 'tcp', first: 443, last: 443 }] });
  const judge = new SpaJudge([door(), web], replay);
  const wire = sealed(door(), packet({ message: access('tcp/443') }));
  assert.equal(judge.packet(wire, 0, wire.length, from(HOME), NOW_MS).door, 'web');
  assert.equal(adds, 1);
});

test('doors with the same HMAC key and other passphrases are told apart', () => {
  const other = door({ name: 'other', key: secret('another passphrase') });
  const { send } = bench(door(), other);
  assert.equal(send(sealed(other)).door, 'other');
});

test('the cipher key, the digest and the fields are checked after the HMAC', () => {
  const { reason, send } = bench(door());
  const fields = formatPlain(packet());
  assert.match(reason(sealed(door({ key: secret('not the key') }))), /^(not-decrypted|digest-mismatch)$/);
  assert.equal(reason(sealedText(door(), fields)), 'accepted');
  assert.equal(reason(sealedText(door(), fields, digestText('sha256', 'else'))), 'digest-mismatch');
  assert.equal(reason(sealedText(door(), fields, digestText('sha256', fields).slice(1))), 'digest-mismatch');
  assert.equal(reason(sealedText(door(), fields, '')), 'digest-mismatch');
  const verdict = send(sealedText(door(), `${fields}:surplus:fields`));
  assert.deepEqual(verdict, {
    kind: 'refused',
    refusal: { reason: 'malformed', field: 'fields' },
    door: 'ssh',
    user: undefined,
  });
});

test('MD5 and SHA-1 inside need the permission of the door', () => {
  for (const digest of ['md5', 'sha1'] as const) {
    const { send } = bench(door());
    const refusal = { reason: 'weak-digest', digest };
    const expected = { kind: 'refused', refusal, door: 'ssh', user: undefined };
    assert.deepEqual(send(sealed(door(), packet(), digest)), expected);
    assert.equal(
      bench(door({ allowWeakDigests: true })).reason(sealed(door(), packet(), digest)),
      'accepted',
    );
  }
});

test('a packet may be as old or as young as the limit says, and no more', () => {
  const { reason, send } = bench(door());
  assert.equal(reason(sealed(door(), packet({ timeS: NOW_S - 120 }))), 'accepted');
  assert.equal(reason(sealed(door(), packet({ timeS: NOW_S + 120 }))), 'accepted');
  for (const skewS of [-121, 121, -86_400, 86_400]) {
    const verdict = send(sealed(door(), packet({ timeS: NOW_S + skewS })));
    const refusal = { reason: 'clock-skew', skewS, maxAgeS: 120 };
    assert.deepEqual(verdict, { kind: 'refused', refusal, door: 'ssh', user: 'alice' });
  }
});

test('a stale packet is decrypted once; its copies are known by sight', () => {
  const { reason, opened, replay } = bench(door());
  const wire = sealed(door(), packet({ timeS: NOW_S - 500 }));
  assert.equal(reason(wire), 'clock-skew');
  for (let i = 0; i < 10; i++) assert.equal(reason(wire), 'replay');
  assert.equal(opened.count, 1);
  assert.equal(replay.size, 0, 'the replay cache keeps room for fresh ones');
});

test('no packet opens anything while the clock is unset', () => {
  const { reason, opened } = bench(door());
  const in1970 = packet({ timeS: 1000 });
  assert.equal(reason(sealed(door(), in1970), HOME, 1_000_000), 'clock-unset');
  assert.equal(reason(sealed(door()), HOME, 1_500_000_000_000), 'clock-unset');
  assert.equal(opened.count, 0);
});

test('only packets with a good HMAC are remembered', () => {
  const { reason, replay } = bench(door());
  const stranger = door({ hmac: { key: secret('another key'), type: 'sha256' } });
  for (let i = 0; i < 1000; i++) reason(sealed(stranger));
  assert.equal(replay.size, 0);
});

test('a packet that its door refuses is used up', () => {
  const { reason } = bench(door());
  const wire = sealed(door());
  assert.equal(reason(wire, '203.0.113.9'), 'address-differs');
  assert.equal(reason(wire, HOME), 'replay');
});

test('one key cannot fill the cache of all', () => {
  const { reason, replay } = bench(door());
  const reasons = Array.from({ length: 300 }, () => reason(sealed(door())));
  assert.equal(reasons.filter((each) => each === 'accepted').length, 256);
  assert.ok(reasons.slice(256).every((each) => each === 'rate-limit'));
  assert.equal(replay.size, 256);
  const later = packet({ timeS: NOW_S + 2 });
  assert.equal(reason(sealed(door(), later), HOME, NOW_MS + 2000), 'accepted');
});

test('a packet is refused when the cache has no room for it, and so is its copy when there is', () => {
  const replay = new ReplayWindow({ maxAgeS: 120, maxPackets: 2 });
  const judge = new SpaJudge([door()], replay);
  const reason = (wire: Uint8Array) => {
    const verdict = judge.packet(wire, 0, wire.length, from(HOME), NOW_MS);
    return verdict.kind === 'accepted' ? verdict.kind : verdict.refusal.reason;
  };
  const wires = [1, 2, 3].map(() => sealed(door()));
  assert.deepEqual(wires.map(reason), ['accepted', 'accepted', 'replay-cache-full']);
  assert.equal(reason(wires[2]!), 'replay');
});

test('packets of a time that may have been forgotten are refused', () => {
  const { reason, replay } = bench(door());
  replay.raiseFloor(NOW_S - 5);
  assert.equal(reason(sealed(door(), packet({ timeS: NOW_S - 5 }))), 'maybe-replay');
  assert.equal(reason(sealed(door(), packet({ timeS: NOW_S - 4 }))), 'accepted');
});

test('without an HMAC key a door takes packets only where it is told to, and after the others', () => {
  const bare = door({ name: 'bare', hmac: undefined });
  const { send, opened } = bench(bare, door());
  assert.equal(send(sealed(bare)).door, 'bare');
  assert.equal(send(sealed(door())).door, 'ssh');
  assert.equal(opened.count, 2, 'the signed packet was not tried without its HMAC');
});
