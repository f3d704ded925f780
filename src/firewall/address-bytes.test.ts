import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpAddress, parseIpAddress } from '../net/ip-address.ts';
import { addressBytes, addressFromBytes, maskText } from './address-bytes.ts';

test('addresses are 4 or 16 bytes in network order, and come back', () => {
  const cases = [
    ['192.0.2.255', 'c00002ff'],
    ['0.0.0.0', '00000000'],
    ['2001:db8::ff', '20010db80000000000000000000000ff'],
    ['::', '00000000000000000000000000000000'],
  ] as const;
  for (const [text, hex] of cases) {
    const bytes = addressBytes(parseIpAddress(text)!);
    assert.equal(Buffer.from(bytes).toString('hex'), hex);
    assert.equal(formatIpAddress(addressFromBytes(bytes)), text);
  }
});

test('masks of every length have that many bits', () => {
  assert.equal(maskText(4, 0), '0.0.0.0');
  assert.equal(maskText(4, 20), '255.255.240.0');
  assert.equal(maskText(4, 31), '255.255.255.254');
  assert.equal(maskText(6, 64), 'ffff:ffff:ffff:ffff::');
  assert.equal(maskText(6, 49), 'ffff:ffff:ffff:8000::');
  assert.equal(maskText(6, 128), 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
});
