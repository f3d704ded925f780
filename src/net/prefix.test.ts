import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import { formatPrefix, parsePrefix, prefixContains, prefixOf } from './prefix.ts';

function address(text: string) {
  return parseIpAddress(text) ?? assert.fail(text);
}

test('prefixes are read, and written in canonical form', () => {
  const cases = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0::/48', '2001:db8::/48'],
    ['::/0', '::/0'],
    ['2001:db8::1/128', '2001:db8::1'],
  ] as const;
  for (const [text, canonical] of cases) {
    const prefix = parsePrefix(text);
    assert.equal(prefix && formatPrefix(prefix), canonical, text);
  }
});

test('what is no prefix is refused, also one with bits behind it', () => {
  const bad = ['', '/', '/24', '192.0.2.1/24', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/2 4'];
  for (const text of [...bad, '2001:db8::1/64', '::/129', 'host/24', '10.0.0.0/08/8', '10.0.0.0/0x8']) {
    assert.equal(parsePrefix(text), undefined, text);
  }
});

test('a prefix holds the addresses that Node says it holds', () => {
  // Node's list knows no prefix of length 0.
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 }), fc.constant('ipv4' as const));
  const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 }), fc.constant('ipv6' as const));
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.nat(), fc.nat(128), ([host, length, family], noise, bit) => {
      const prefix = prefixOf(address(host), length);
      const near = flip(address(host), noise, bit, family);
      const list = new BlockList();
      list.addSubnet(formatIpAddress(prefix.address), length, family);
      assert.equal(prefixContains(prefix, near), list.check(formatIpAddress(near), family));
      assert.equal(prefixContains(prefix, address(host)), true);
      assert.deepEqual(parsePrefix(formatPrefix(prefix)), prefix);
    }),
  );
});

test('no prefix of one family holds an address of the other', () => {
  assert.equal(prefixContains(prefixOf(address('::'), 0), address('192.0.2.7')), false);
  assert.equal(prefixContains(prefixOf(address('0.0.0.0'), 0), address('2001:db8::1')), false);
});

/** The address with one bit turned, or as it is. */
function flip({ w0, w1, w2, w3 }: ReturnType<typeof address>, noise: number, bit: number, family: string) {
  const at = family === 'ipv4' ? 96 + (bit % 32) : bit % 128;
  const turned = (word: number, index: number) =>
    noise % 4 > 0 && at >> 5 === index ? word ^ (1 << (31 - (at & 31))) : word;
  const moved = { w0: turned(w0, 0), w1: turned(w1, 1), w2: turned(w2, 2), w3: turned(w3, 3) };
  return family === 'ipv6' && moved.w0 === 0 && moved.w1 === 0 && moved.w2 === 0xffff
    ? { w0, w1, w2, w3 }
    : moved;
}
