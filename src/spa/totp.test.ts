/** Time-based sequences: their shape, their time, their single use. That they are what docs/totp.md says: test/totp-docs. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { NOW_MS } from '../../test/support/spa-yard.ts';
import { SecretKey } from './secret-key.ts';
import { formatTotpSecret, newTotpSecret, parseTotpSecret } from './totp-secret.ts';
import { DEFAULT_SHAPE, totpSequence, totpStep } from './totp-sequence.ts';
import { totpWindow } from './totp-window.ts';

const SECRET = new SecretKey(Buffer.from('12345678901234567890'));

test('a sequence has its number of knocks, all in the range, no port twice', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  for (let i = 0; i < 500; i++) {
    const first = 1 + random.below(65_000);
    const last = first + random.below(Math.min(500, 65_536 - first));
    const steps = 1 + random.below(Math.min(32, last - first + 1));
    const protocols = random.pick([['tcp'], ['udp'], ['tcp', 'udp']] as const);
    const shape = { steps, first, last, protocols };
    const sequence = totpSequence(new SecretKey(random.bytes(20)), random.below(2 ** 31), shape);
    assert.equal(sequence.length, steps);
    assert.equal(new Set(sequence.map(({ port }) => port)).size, steps, JSON.stringify(shape));
    assert.ok(sequence.every(({ port }) => first <= port && port <= last));
    assert.ok(sequence.every(({ protocol }) => (protocols as readonly string[]).includes(protocol)));
  }
});

test('a range of as many ports as knocks gives each once', () => {
  const sequence = totpSequence(SECRET, 7, { steps: 32, first: 100, last: 131, protocols: ['udp'] });
  const ports = sequence.map(({ port }) => port).sort((a, b) => a - b);
  assert.deepEqual(
    ports,
    Array.from({ length: 32 }, (_, i) => 100 + i),
  );
});

test('a range with too few ports is a bug of the caller', () => {
  assert.throws(() => totpSequence(SECRET, 7, { ...DEFAULT_SHAPE, first: 10, last: 12 }), RangeError);
  assert.throws(() => totpSequence(SECRET, 7, { ...DEFAULT_SHAPE, protocols: [] }), RangeError);
});

test('every port and protocol of a small range comes about equally often', () => {
  const counts = new Map<string, number>();
  const shape = { steps: 1, first: 1, last: 10, protocols: ['tcp', 'udp'] } as const;
  for (let step = 0; step < 20_000; step++) {
    const [knock] = totpSequence(SECRET, step, shape);
    const name = `${knock?.protocol}/${knock?.port}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.equal(counts.size, 20);
  // 1000 each, with a standard deviation of 31; secret and steps are fixed, so this holds always or never.
  for (const [name, count] of counts) assert.ok(Math.abs(count - 1000) < 125, `${name}: ${count}`);
});

test('words of the last, incomplete round are left out', () => {
  // With 3 * 2^30 choices a word in four is left out; without that the lowest third would come twice as often.
  const shape = { steps: 1, first: 0, last: 3 * 2 ** 30 - 1, protocols: ['tcp'] } as const;
  const numbers = Array.from({ length: 6000 }, (_, step) => totpSequence(SECRET, step, shape)[0]!.port);
  const low = numbers.filter((number) => number < 2 ** 30).length;
  assert.ok(Math.abs(low - 2000) < 180, `${low} of 6000 in the lowest third`);
});

test('the window has the present step and its neighbours, until the step is over', () => {
  const { sequences, untilMs } = totpWindow(SECRET, DEFAULT_SHAPE, NOW_MS + 12_345);
  const now = totpStep(NOW_MS);
  assert.deepEqual(
    sequences.map(({ step }) => step),
    [now - 1, now, now + 1],
  );
  for (const { step, sequence } of sequences)
    assert.deepEqual(sequence, totpSequence(SECRET, step, DEFAULT_SHAPE));
  assert.equal(untilMs, NOW_MS + 30_000);
  assert.equal(totpWindow(SECRET, DEFAULT_SHAPE, untilMs).sequences[0]?.step, now);
});

test('there are no sequences while the clock is unset', () => {
  const { sequences, untilMs } = totpWindow(SECRET, DEFAULT_SHAPE, 1_000);
  assert.deepEqual([sequences, untilMs], [[], 30_000]);
});

test('secrets have 16 to 64 bytes of base32, and are not quoted where they are wrong', () => {
  const messageOf = (text: string) => {
    const secret = parseTotpSecret(text);
    return secret.ok ? 'taken' : secret.error.message;
  };
  assert.equal(messageOf('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'), 'taken');
  assert.equal(messageOf('a'.repeat(26)), 'taken');
  assert.match(messageOf('A'.repeat(24)), /has 15 bytes, expected 16 to 64/);
  assert.match(messageOf('A'.repeat(104)), /has 65 bytes/);
  assert.equal(messageOf('not base32!'), 'the secret is not base32');
  const secret = newTotpSecret();
  assert.equal(formatTotpSecret(secret).length, 32);
  const read = parseTotpSecret(formatTotpSecret(secret));
  assert.ok(read.ok);
  assert.deepEqual(read.value.reveal(), secret.reveal());
});
