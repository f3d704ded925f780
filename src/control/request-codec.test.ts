import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { FOREVER_MS } from '../base/duration.ts';
import { parseIpAddress } from '../net/ip-address.ts';
import { parsePrefix } from '../net/prefix.ts';
import type { ControlRequest } from './request.ts';
import { formatRequest, parseRequest } from './request-codec.ts';

const ADDRESS = parseIpAddress('192.0.2.7')!;
const PREFIX = parsePrefix('2001:db8::/32')!;

const ROUND: readonly (readonly [string, ControlRequest])[] = [
  ['{"v":1,"kind":"status","showSecrets":false}', { kind: 'status', showSecrets: false }],
  [
    '{"v":1,"kind":"explain","source":"2001:db8::/32","showSecrets":true}',
    { kind: 'explain', source: PREFIX, showSecrets: true },
  ],
  [
    '{"v":1,"kind":"open","door":"ssh","source":"192.0.2.7"}',
    { kind: 'open', door: 'ssh', source: ADDRESS, forMs: undefined },
  ],
  [
    '{"v":1,"kind":"open","door":"ssh","source":"192.0.2.7","forMs":600000}',
    { kind: 'open', door: 'ssh', source: ADDRESS, forMs: 600_000 },
  ],
  [
    '{"v":1,"kind":"open","door":"ssh","source":"192.0.2.7","forMs":"forever"}',
    { kind: 'open', door: 'ssh', source: ADDRESS, forMs: FOREVER_MS },
  ],
  ['{"v":1,"kind":"close","door":"ssh"}', { kind: 'close', door: 'ssh', source: undefined }],
  [
    '{"v":1,"kind":"close","door":"ssh","source":"2001:db8::/32"}',
    { kind: 'close', door: 'ssh', source: PREFIX },
  ],
  ['{"v":1,"kind":"ban","prefix":"2001:db8::/32"}', { kind: 'ban', prefix: PREFIX, forMs: undefined }],
  ['{"v":1,"kind":"ban","prefix":"2001:db8::/32","forMs":1}', { kind: 'ban', prefix: PREFIX, forMs: 1 }],
  ['{"v":1,"kind":"unban","prefix":"2001:db8::/32"}', { kind: 'unban', prefix: PREFIX }],
  ['{"v":1,"kind":"reload"}', { kind: 'reload' }],
  ['{"v":1,"kind":"watch"}', { kind: 'watch' }],
];

for (const [line, request] of ROUND) {
  test(`${line} is written and read`, () => {
    assert.equal(formatRequest(request), line);
    assert.deepEqual(parseRequest(line), { ok: true, value: { id: undefined, request } });
  });
}

test('the id comes back, also with a request that is refused', () => {
  const fine = parseRequest('{"v":1,"id":"a7","kind":"reload"}');
  assert.equal(fine.ok && fine.value.id, 'a7');
  const wrong = parseRequest('{"v":1,"id":7,"kind":"sleep"}');
  assert.equal(!wrong.ok && wrong.error.id, 7);
});

const REFUSED: readonly (readonly [string, string, string | undefined, RegExp])[] = [
  ['', 'malformed', undefined, /no JSON/],
  ['{"v":1', 'malformed', undefined, /no JSON/],
  ['[1]', 'malformed', undefined, /is \[1\], expected a JSON object/],
  ['null', 'malformed', undefined, /is null/],
  ['{"kind":"status"}', 'unsupported-version', 'v', /'v' is nothing, expected 1/],
  ['{"v":2,"kind":"status"}', 'unsupported-version', 'v', /'v' is 2, expected 1/],
  ['{"v":1}', 'unknown-kind', 'kind', /'kind' is nothing, expected status, /],
  ['{"v":1,"kind":"shutdown"}', 'unknown-kind', 'kind', /'kind' is "shutdown"/],
  ['{"v":1,"kind":"__proto__"}', 'unknown-kind', 'kind', /__proto__/],
  ['{"v":1,"id":{},"kind":"status"}', 'bad-field', 'id', /'id'/],
  [
    '{"v":1,"kind":"status","showSecrets":"yes"}',
    'bad-field',
    'showSecrets',
    /is "yes", expected true or false/,
  ],
  ['{"v":1,"kind":"status","verbose":true}', 'bad-field', 'verbose', /unknown field "verbose"/],
  ['{"v":1,"kind":"status","__proto__":1}', 'bad-field', '__proto__', /unknown field/],
  [
    '{"v":1,"kind":"explain"}',
    'bad-field',
    'source',
    /'source' is missing, expected an IP address or prefix/,
  ],
  ['{"v":1,"kind":"explain","source":"10.0.0.300"}', 'bad-field', 'source', /"10\.0\.0\.300"/],
  ['{"v":1,"kind":"explain","source":"host.example"}', 'bad-field', 'source', /an IP address/],
  ['{"v":1,"kind":"open","source":"10.0.0.1"}', 'bad-field', 'door', /'door' is missing/],
  ['{"v":1,"kind":"open","door":"","source":"10.0.0.1"}', 'bad-field', 'door', /'door' is ""/],
  ['{"v":1,"kind":"open","door":"a","source":"10.0.0.0/8"}', 'bad-field', 'source', /10\.0\.0\.0\/8/],
  ['{"v":1,"kind":"open","door":"a","source":"10.0.0.1","forMs":0}', 'bad-field', 'forMs', /'forMs' is 0/],
  ['{"v":1,"kind":"open","door":"a","source":"10.0.0.1","forMs":1.5}', 'bad-field', 'forMs', /1\.5/],
  ['{"v":1,"kind":"open","door":"a","source":"10.0.0.1","forMs":"10m"}', 'bad-field', 'forMs', /"10m"/],
  ['{"v":1,"kind":"close","door":"a","source":null}', 'bad-field', 'source', /'source' is null/],
  ['{"v":1,"kind":"ban","prefix":"10.0.0.1/8"}', 'bad-field', 'prefix', /without host bits/],
];

for (const [line, code, field, message] of REFUSED) {
  test(`${line || 'an empty line'} is refused as ${code}`, () => {
    const result = parseRequest(line);
    assert.ok(!result.ok);
    assert.equal(result.error.code, code);
    assert.equal(result.error.field, field);
    assert.match(result.error.message, message);
  });
}

test('any JSON, and any text, gives a request or a fault of one short line', (t) => {
  const seed = seedFromEnvironment();
  t.diagnostic(`POSTERN_SEED=${seed}`);
  const kinds = ['status', 'explain', 'open', 'close', 'ban', 'unban', 'reload', 'watch'];
  const near = fc.record(
    {
      v: fc.constantFrom(1, 2),
      kind: fc.oneof(fc.constantFrom(...kinds), fc.jsonValue()),
      id: fc.jsonValue(),
      door: fc.oneof(fc.string(), fc.jsonValue()),
      source: fc.oneof(fc.ipV4(), fc.ipV6(), fc.jsonValue()),
      prefix: fc.oneof(fc.ipV4(), fc.ipV6(), fc.jsonValue()),
      forMs: fc.oneof(fc.nat(), fc.jsonValue()),
    },
    { requiredKeys: ['v', 'kind'] },
  );
  const text = fc.oneof(
    near.map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (line) => {
      const result = parseRequest(line);
      if (result.ok) {
        const { request, id } = result.value;
        assert.deepEqual(parseRequest(formatRequest(request, id)), result);
      } else {
        assert.ok(result.error.message.length < 300, result.error.message);
        assert.ok(!result.error.message.includes('\n'));
      }
    }),
    { numRuns: 2000, seed: seed | 0 },
  );
});

test('nesting as deep as a line is long is refused', () => {
  const result = parseRequest('['.repeat(60_000));
  assert.equal(!result.ok && result.error.code, 'malformed');
});
