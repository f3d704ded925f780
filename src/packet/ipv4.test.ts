import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded } from '../../test/support/decoded.ts';
import { concat, ethernet, type Ipv4Options, ipv4, tcp, udp } from '../../test/support/frame-builder.ts';

const KNOCK = 'tcp 10.0.0.1:40000 > 10.0.0.2:7000 flags 2 seq 1';
const UDP_KNOCK = 'udp 10.0.0.1:40000 > 10.0.0.2:7000 flags 0 seq 0';

type Case = readonly [name: string, options: Ipv4Options, payload: Uint8Array, outcome: string];

const CASES: readonly Case[] = [
  ['no options', {}, tcp(), KNOCK],
  ['4 bytes of options', { options: new Uint8Array(4) }, tcp(), KNOCK],
  ['40 bytes of options', { options: new Uint8Array(40) }, tcp(), KNOCK],
  ['version 5', { version: 5 }, tcp(), 'wrong ip version'],
  ['header length 4 words', { ihl: 4 }, tcp(), 'bad ipv4 length'],
  ['header longer than the total length', { ihl: 15 }, tcp().subarray(0, 8), 'bad ipv4 length'],
  ['header cut by the capture', { ihl: 15, totalLength: 100 }, tcp(), 'truncated ipv4 header'],
  ['total length 0', { totalLength: 0 }, tcp(), 'bad ipv4 length'],
  ['total length 19', { totalLength: 19 }, tcp(), 'bad ipv4 length'],
  ['total length without payload', { totalLength: 20 }, tcp(), 'truncated tcp header'],
  ['total length that ends in the tcp header', { totalLength: 39 }, tcp(), 'truncated tcp header'],
  ['total length over the captured bytes', { totalLength: 1500 }, tcp(), KNOCK],
  ['later fragment', { fragmentOffset: 8 }, tcp(), 'later fragment'],
  ['last possible fragment', { fragmentOffset: 0xfff8 }, tcp(), 'later fragment'],
  ['first fragment with the whole tcp header', { moreFragments: true }, tcp(), KNOCK],
  ['first fragment with 16 bytes of tcp', { moreFragments: true }, tcp().subarray(0, 16), 'tiny fragment'],
  [
    'first fragment without the tcp options',
    { moreFragments: true },
    tcp({ dataOffset: 8 }),
    'tiny fragment',
  ],
  ['first fragment with the udp header', { moreFragments: true, protocol: 17 }, udp(), UDP_KNOCK],
  [
    'first fragment of a longer udp datagram',
    { moreFragments: true, protocol: 17 },
    udp({ length: 3000 }),
    UDP_KNOCK,
  ],
  [
    'first fragment with no payload',
    { moreFragments: true, protocol: 17 },
    new Uint8Array(0),
    'tiny fragment',
  ],
  ['icmp', { protocol: 1 }, tcp(), 'neither tcp nor udp'],
  ['sctp', { protocol: 132 }, tcp(), 'neither tcp nor udp'],
  ['esp', { protocol: 50 }, tcp(), 'encrypted'],
  ['source 0.0.0.0', { src: '0.0.0.0' }, tcp(), 'martian source'],
  ['source 0.1.2.3', { src: '0.1.2.3' }, tcp(), 'martian source'],
  ['source 224.0.0.1', { src: '224.0.0.1' }, tcp(), 'martian source'],
  ['source 240.0.0.1', { src: '240.0.0.1' }, tcp(), 'martian source'],
  ['source 255.255.255.255', { src: '255.255.255.255' }, tcp(), 'martian source'],
];

describe('an IPv4 packet', () => {
  for (const [name, options, payload, outcome] of CASES) {
    test(`${name}: ${outcome}`, () => assert.equal(decoded(228, ipv4(options, payload)), outcome));
  }
});

test('the sources 1.0.0.0, 127.0.0.1 and 223.255.255.255 are allowed', () => {
  for (const src of ['1.0.0.0', '127.0.0.1', '223.255.255.255']) {
    assert.equal(decoded(228, ipv4({ src }, tcp())), KNOCK.replace('10.0.0.1', src));
  }
});

test('ethernet padding behind the total length is never taken for a header', () => {
  const padding = tcp();
  const packet = ipv4({ protocol: 17 }, new Uint8Array(0));
  assert.equal(decoded(1, ethernet(concat(packet, padding))), 'truncated udp header');
  assert.equal(decoded(1, ethernet(concat(ipv4({}, tcp()), new Uint8Array(6)))), KNOCK);
});
