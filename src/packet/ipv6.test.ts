import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded } from '../../test/support/decoded.ts';
import {
  authentication,
  concat,
  destinationOptions,
  ethernet,
  extension,
  fragment,
  hopByHop,
  type Ipv6Options,
  ipv6,
  routing,
  tcp,
  udp,
} from '../../test/support/frame-builder.ts';

const KNOCK = 'tcp fd00::1:40000 > fd00::2:7000 flags 2 seq 1';
const UDP_KNOCK = 'udp fd00::1:40000 > fd00::2:7000 flags 0 seq 0';
const CUT = 'truncated ipv6 extension header';

type Case = readonly [name: string, options: Ipv6Options, payload: Uint8Array, outcome: string];

const CASES: readonly Case[] = [
  ['plain', {}, tcp(), KNOCK],
  ['version 4', { version: 4 }, tcp(), 'wrong ip version'],
  ['payload length that ends in the tcp header', { payloadLength: 19 }, tcp(), 'truncated tcp header'],
  ['payload length 0', { payloadLength: 0 }, tcp(), 'truncated tcp header'],
  ['payload length over the captured bytes', { payloadLength: 9000 }, tcp(), KNOCK],
  ['jumbogram', { payloadLength: 0, extensions: [hopByHop()] }, tcp(), 'jumbogram'],
  ['hop-by-hop', { extensions: [hopByHop()] }, tcp(), KNOCK],
  ['routing', { extensions: [routing(24)] }, tcp(), KNOCK],
  ['destination', { extensions: [destinationOptions(2048)] }, tcp(), KNOCK],
  ['authentication of 24 bytes', { extensions: [authentication(24)] }, tcp(), KNOCK],
  ['authentication of 16 bytes', { extensions: [authentication(16)] }, tcp(), KNOCK],
  ['mobility', { extensions: [extension(135)] }, tcp(), KNOCK],
  ['hip', { extensions: [extension(139)] }, tcp(), KNOCK],
  ['shim6', { extensions: [extension(140)], protocol: 17 }, udp(), UDP_KNOCK],
  ['eight extension headers', { extensions: repeat(8) }, tcp(), KNOCK],
  ['nine extension headers', { extensions: repeat(9) }, tcp(), 'too many ipv6 extension headers'],
  ['atomic fragment', { extensions: [fragment()] }, tcp(), KNOCK],
  ['first fragment', { extensions: [fragment({ more: true })] }, tcp(), KNOCK],
  ['first fragment with 16 bytes of tcp', firstFragment(), tcp().subarray(0, 16), 'tiny fragment'],
  ['first fragment without the tcp options', firstFragment(), tcp({ dataOffset: 6 }), 'tiny fragment'],
  [
    'first fragment of a longer datagram',
    { ...firstFragment(), protocol: 17 },
    udp({ length: 3000 }),
    UDP_KNOCK,
  ],
  ['later fragment', { extensions: [fragment({ offset: 8 })] }, tcp(), 'later fragment'],
  ['last fragment of many', { extensions: [fragment({ offset: 0xfff8 })] }, tcp(), 'later fragment'],
  [
    'later fragment behind hop-by-hop',
    { extensions: [hopByHop(), fragment({ offset: 8 })] },
    tcp(),
    'later fragment',
  ],
  ['extension over the payload length', { extensions: [routing(24)], payloadLength: 23 }, tcp(), CUT],
  ['extension header begun and cut', { extensions: [routing()], payloadLength: 7 }, tcp(), CUT],
  ['extension longer than the packet', { extensions: [tooLong()] }, tcp(), CUT],
  ['no next header', { protocol: 59 }, tcp(), 'no next header'],
  [
    'no next header behind destination',
    { protocol: 59, extensions: [destinationOptions()] },
    tcp(),
    'no next header',
  ],
  ['extension header that ends the packet', lastHeader(), new Uint8Array(0), 'no next header'],
  ['esp', { protocol: 50 }, tcp(), 'encrypted'],
  ['icmpv6', { protocol: 58 }, tcp(), 'neither tcp nor udp'],
  ['experimental header', { protocol: 253 }, tcp(), 'neither tcp nor udp'],
  ['mapped source', { src: '::ffff:10.0.0.1' }, tcp(), 'ipv4-mapped ipv6 address'],
  ['mapped destination', { dst: '::ffff:10.0.0.2' }, tcp(), 'ipv4-mapped ipv6 address'],
  ['unspecified source', { src: '::' }, tcp(), 'martian source'],
  ['multicast source', { src: 'ff02::1' }, tcp(), 'martian source'],
];

describe('an IPv6 packet', () => {
  for (const [name, options, payload, outcome] of CASES) {
    test(`${name}: ${outcome}`, () => assert.equal(decoded(229, ipv6(options, payload)), outcome));
  }
});

test('the sources ::1, ::10.0.0.1, fe80::1 and feff::1 are allowed', () => {
  for (const src of ['::1', '::a00:1', 'fe80::1', 'feff::1']) {
    assert.equal(decoded(229, ipv6({ src }, tcp())), KNOCK.replace('fd00::1', src));
  }
});

test('ethernet padding behind the payload length is never taken for a header', () => {
  const packet = ipv6({ protocol: 17 }, new Uint8Array(0));
  assert.equal(decoded(1, ethernet(concat(packet, udp()))), 'truncated udp header');
});

test('all sixteen bytes of both addresses are read', () => {
  const packet = ipv6({ src: '2001:db8:89ab:cdef:8123:4567:fedc:ba98', dst: '2001:db8:1:2:3:4:5:6' }, tcp());
  const addresses = '2001:db8:89ab:cdef:8123:4567:fedc:ba98:40000 > 2001:db8:1:2:3:4:5:6:7000';
  assert.equal(decoded(229, packet), `tcp ${addresses} flags 2 seq 1`);
});

function repeat(count: number) {
  return Array.from({ length: count }, () => destinationOptions());
}

function firstFragment(): Ipv6Options {
  return { extensions: [fragment({ more: true })] };
}

function lastHeader(): Ipv6Options {
  return { protocol: 59, extensions: [destinationOptions()] };
}

function tooLong() {
  return { number: 60, bytes: Uint8Array.of(0, 255, 0, 0, 0, 0, 0, 0) };
}
