/** The parser of the fields is strict: each line here is refused for the field that it names. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64 as B } from './base64-text.ts';
import { formatPlain, type PlainFault, parsePlain } from './plain-fields.ts';

const R = '1865362768834698';
const U = B('alice');
const T = '1795466935';
const M = B('198.51.100.7,tcp/22');
const NAT = B('192.168.10.3,22');
const AUTH = B('crypt,secret');

const GOOD: readonly (readonly [string, string])[] = [
  ['a command', `${R}:${U}:${T}:3.0.0:0:${B('198.51.100.7,id -u')}`],
  ['a command with commas', `${R}:${U}:${T}:3.0.0:0:${B('198.51.100.7,a,b,,c')}`],
  ['access', `${R}:${U}:${T}:3.0.0:1:${M}`],
  ['access by IPv6', `${R}:${U}:${T}:3.0.0:1:${B('2001:db8::7,tcp/22')}`],
  ['access with server_auth', `${R}:${U}:${T}:3.0.0:1:${M}:${AUTH}`],
  ['access with timeout', `${R}:${U}:${T}:3.0.0:3:${M}:60`],
  ['access with server_auth and timeout', `${R}:${U}:${T}:3.0.0:3:${M}:${AUTH}:60`],
  ['NAT', `${R}:${U}:${T}:3.0.0:2:${M}:${NAT}`],
  ['NAT with all', `${R}:${U}:${T}:3.0.0:4:${M}:${NAT}:${AUTH}:60`],
  ['local NAT', `${R}:${U}:${T}:2.0.2:5:${M}:${NAT}`],
  ['local NAT with timeout', `${R}:${U}:${T}:3.0.0:6:${M}:${NAT}:1`],
];

for (const [name, text] of GOOD) {
  test(`taken, and written again the same: ${name}`, () => {
    const parsed = parsePlain(text);
    assert.ok(parsed.ok, JSON.stringify(parsed));
    assert.equal(formatPlain(parsed.value), text);
  });
}

const BAD: readonly (readonly [PlainFault, string])[] = [
  ['text', `${R}:${U}:${T}:3.0.0:1:${M}\n`],
  ['text', `${R}:${U}:${T}:3.0.0:1:\xff`],
  ['fields', ''],
  ['fields', `${R}:${U}:${T}:3.0.0:1`],
  ['fields', `${R}:${U}:${T}:3.0.0:0:${M}:${AUTH}:60`],
  ['fields', `${R}:${U}:${T}:3.0.0:1:${M}:${AUTH}:${AUTH}`],
  ['fields', `${R}:${U}:${T}:3.0.0:3:${M}`],
  ['fields', `${R}:${U}:${T}:3.0.0:2:${M}`],
  ['fields', `${R}:${U}:${T}:3.0.0:4:${M}:${NAT}`],
  ['fields', `${R}:${U}:${T}:3.0.0:6:${M}:${NAT}:${AUTH}:${AUTH}:60`],
  ['random', `186536276883469:${U}:${T}:3.0.0:1:${M}`],
  ['random', `18653627688346981:${U}:${T}:3.0.0:1:${M}`],
  ['random', `186536276883469x:${U}:${T}:3.0.0:1:${M}`],
  ['user', `${R}::${T}:3.0.0:1:${M}`],
  ['user', `${R}:YWxpY2V:${T}:3.0.0:1:${M}`],
  ['user', `${R}:YWxpY2U=:${T}:3.0.0:1:${M}`],
  ['user', `${R}:${B('a\x1b[31m')}:${T}:3.0.0:1:${M}`],
  ['user', `${R}:${B(Uint8Array.of(0xc3, 0x28))}:${T}:3.0.0:1:${M}`],
  ['user', `${R}:${B('\u2028')}:${T}:3.0.0:1:${M}`],
  ['user', `${R}:${B('u'.repeat(65))}:${T}:3.0.0:1:${M}`],
  ['time', `${R}:${U}:-1:3.0.0:1:${M}`],
  ['time', `${R}:${U}:01795466935:3.0.0:1:${M}`],
  ['time', `${R}:${U}:17954669351:3.0.0:1:${M}`],
  ['time', `${R}:${U}:1.8e9:3.0.0:1:${M}`],
  ['version', `${R}:${U}:${T}:1.9.12:1:${M}`],
  ['version', `${R}:${U}:${T}:3.0:1:${M}`],
  ['type', `${R}:${U}:${T}:3.0.0:7:${M}`],
  ['type', `${R}:${U}:${T}:3.0.0:01:${M}`],
  ['type', `${R}:${U}:${T}:3.0.0::${M}`],
  ['message', `${R}:${U}:${T}:3.0.0:1:`],
  ['message', `${R}:${U}:${T}:3.0.0:0:${B('198.51.100.7')}`],
  ['message', `${R}:${U}:${T}:3.0.0:0:${B('198.51.100.7,')}`],
  ...[
    ...['tcp/22', '198.51.100.7', '198.51.100.7,', ',tcp/22', '198.51.100.7,tcp', '198.51.100.7,tcp/'],
    ...['198.51.100.7,tcp/0', '198.51.100.7,tcp/65536', '198.51.100.7,tcp/022', '198.51.100.7,tcp/+22'],
    ...['198.51.100.7,icmp/8', '198.51.100.7,TCP/22', '198.51.100.7,tcp/22,', '198.51.100.7,,tcp/22'],
    ...['198.51.100.7,tcp/22 ', '198.51.100.7, tcp/22', '198.51.100.07,tcp/22', '198.51.100,tcp/22'],
    ...['host.example,tcp/22', 'fe80::1%eth0,tcp/22', '2001:db8::g,tcp/22', '198.51.100.0/24,tcp/22'],
    `198.51.100.7${',tcp/22'.repeat(40)}`,
  ].map((text) => ['message', `${R}:${U}:${T}:3.0.0:1:${B(text)}`] as const),
  ...[
    '192.168.10.3',
    '192.168.10.3,',
    ',22',
    '192.168.10.3,0',
    '192.168.10.3,022',
    'a b,22',
    '$(id),22',
    '-h,22',
  ].map((text) => ['nat', `${R}:${U}:${T}:3.0.0:2:${M}:${B(text)}`] as const),
  ['server-auth', `${R}:${U}:${T}:3.0.0:1:${M}:60`],
  ['server-auth', `${R}:${U}:${T}:3.0.0:1:${M}:`],
  ...['0', '-1', '060', '1000000', '6e1', ''].map(
    (text) => ['timeout', `${R}:${U}:${T}:3.0.0:3:${M}:${text}`] as const,
  ),
];

for (const [field, text] of BAD) {
  test(`refused for its ${field}: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parsePlain(text), { ok: false, error: field });
  });
}
