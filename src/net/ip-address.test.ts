import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';

test('addresses are read, and written in canonical form', () => {
  const cases = [
    ['192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::192.0.2.7', '::c000:207'],
    ['64:ff9b::192.0.2.7', '64:ff9b::c000:207'],
  ] as const;
  for (const [text, canonical] of cases) {
    const address = parseIpAddress(text);
    assert.equal(address && formatIpAddress(address), canonical, text);
  }
});

test('what is no address is refused', () => {
  const bad = ['', '1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '0x7f.0.0.1', '256.0.0.1', '127.1', 'host', ' ::1'];
  for (const text of [
    ...bad,
    'fe80::1%eth0',
    '::1/128',
    '1.2.3.4/32',
    ':',
    ':::',
    '1::2::3',
    '::1.2.3',
    '::01.2.3.4',
  ])
    assert.equal(parseIpAddress(text), undefined, text);
});
