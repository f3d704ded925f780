import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded } from '../../test/support/decoded.ts';
import {
  ethernet,
  loopback,
  sll,
  sll2,
  tcpPacket,
  udpPacket,
  vlan,
} from '../../test/support/frame-builder.ts';
import { SAMPLE_FRAMES } from '../../test/support/frame-corpus.ts';
import { decodeFrame } from './decode-frame.ts';
import { PacketFields } from './packet-fields.ts';
import { OUTSIDE_BUFFER } from './reason.ts';

const tcp4 = tcpPacket({ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1234, dstPort: 7000, seq: 0xfffffffe });
const tcp6 = tcpPacket({ src: 'fd00::1', dst: 'fd00::2', srcPort: 1234, dstPort: 7000, seq: 5 });
const udp4 = udpPacket({ src: '10.0.0.1', dst: '10.0.0.2', srcPort: 1234, dstPort: 7000 });

const TCP4 = 'tcp 10.0.0.1:1234 > 10.0.0.2:7000 flags 2 seq -2';
const TCP6 = 'tcp fd00::1:1234 > fd00::2:7000 flags 2 seq 5';
const UDP4 = 'udp 10.0.0.1:1234 > 10.0.0.2:7000 flags 0 seq 0';

const CASES: readonly (readonly [name: string, linkType: number, frame: Uint8Array, outcome: string])[] = [
  ['ethernet ipv4', 1, ethernet(tcp4), TCP4],
  ['ethernet ipv6', 1, ethernet(tcp6), TCP6],
  ['ethernet arp', 1, ethernet(tcp4, 0x0806), 'not ip'],
  ['ethernet 802.3 length', 1, ethernet(tcp4, 0x0040), 'not ip'],
  ['ethernet header cut', 1, ethernet(tcp4).subarray(0, 13), 'truncated link header'],
  ['ether type ipv4 around ipv6', 1, ethernet(tcp6, 0x0800), 'wrong ip version'],
  ['ether type ipv6 around ipv4', 1, ethernet(tcp4, 0x86dd), 'wrong ip version'],
  ['one tag', 1, ethernet(vlan(tcp4), 0x8100), TCP4],
  ['802.1ad around 802.1q', 1, ethernet(vlan(vlan(udp4), 2, 0x8100), 0x88a8), UDP4],
  ['0x9100 around 802.1q', 1, ethernet(vlan(vlan(tcp6), 2, 0x8100), 0x9100), TCP6],
  ['four tags', 1, ethernet(tags(4, tcp4), 0x8100), TCP4],
  ['five tags', 1, ethernet(tags(5, tcp4), 0x8100), 'too many vlan tags'],
  ['tag cut', 1, ethernet(vlan(tcp4), 0x8100).subarray(0, 17), 'truncated link header'],
  ['tag around arp', 1, ethernet(vlan(tcp4, 1, 0x0806), 0x8100), 'not ip'],
  ['cooked v1 to us', 113, sll(tcp4), TCP4],
  ['cooked v1 broadcast', 113, sll(udp4, 1), UDP4],
  ['cooked v1 outgoing', 113, sll(tcp4, 4), 'outgoing'],
  ['cooked v1 with tag', 113, sll(vlan(tcp6), 0, 0x8100), TCP6],
  ['cooked v1 not ip', 113, sll(tcp4, 0, 0x0004), 'not ip'],
  ['cooked v1 header cut', 113, sll(tcp4).subarray(0, 15), 'truncated link header'],
  ['cooked v2 to us', 276, sll2(tcp6), TCP6],
  ['cooked v2 outgoing', 276, sll2(tcp4, 4), 'outgoing'],
  ['cooked v2 with tag', 276, sll2(vlan(tcp4), 0, 0x8100), TCP4],
  ['cooked v2 not ip', 276, sll2(tcp4, 0, 0x0806), 'not ip'],
  ['cooked v2 header cut', 276, sll2(tcp4).subarray(0, 19), 'truncated link header'],
  ['raw 101 ipv4', 101, tcp4, TCP4],
  ['raw 101 ipv6', 101, tcp6, TCP6],
  ['raw 12', 12, tcp4, TCP4],
  ['raw 14', 14, tcp6, TCP6],
  ['raw of version 5', 101, Uint8Array.of(0x50, 0, 0, 0), 'not ip'],
  ['raw and empty', 101, new Uint8Array(0), 'truncated link header'],
  ['raw ipv4', 228, tcp4, TCP4],
  ['raw ipv4 around ipv6', 228, tcp6, 'wrong ip version'],
  ['raw ipv6', 229, tcp6, TCP6],
  ['raw ipv6 around ipv4', 229, tcp4, 'wrong ip version'],
  ['null ipv4, little endian', 0, loopback(tcp4, 2, true), TCP4],
  ['null ipv4, big endian', 0, loopback(tcp4, 2), TCP4],
  ['null ipv6 of freebsd', 0, loopback(tcp6, 28, true), TCP6],
  ['null of another family', 0, loopback(tcp4, 7, true), 'not ip'],
  ['null header cut', 0, loopback(tcp4, 2).subarray(0, 3), 'truncated link header'],
  ['loop ipv4', 108, loopback(tcp4, 2), TCP4],
  ['loop ipv6 of darwin', 108, loopback(tcp6, 30), TCP6],
  ['loop in little endian', 108, loopback(tcp4, 2, true), 'not ip'],
  ['ethernet header alone', 1, ethernet(tcp4).subarray(0, 14), 'truncated ipv4 header'],
  ['tag alone', 1, ethernet(vlan(tcp4), 0x8100).subarray(0, 18), 'truncated ipv4 header'],
  ['cooked v1 header alone', 113, sll(tcp4).subarray(0, 16), 'truncated ipv4 header'],
  ['cooked v2 header alone', 276, sll2(tcp4).subarray(0, 20), 'truncated ipv4 header'],
  ['null header alone', 0, loopback(tcp4, 2).subarray(0, 4), 'truncated ipv4 header'],
  ['unknown link type', 105, ethernet(tcp4), 'unknown link type'],
];

describe('a frame by its link layer', () => {
  for (const [name, linkType, frame, outcome] of CASES) {
    test(`${name}: ${outcome}`, () => assert.equal(decoded(linkType, frame), outcome));
  }
});

test('every sample frame decodes', () => {
  for (const { name, linkType, bytes } of SAMPLE_FRAMES)
    assert.match(decoded(linkType, bytes), /^(tcp|udp) /, name);
});

test('an offset or length outside the buffer is a reason, not a throw', () => {
  const view = new DataView(new ArrayBuffer(64));
  const ranges = [
    [-1, 20],
    [0, 65],
    [64, 1],
    [60, 20],
    [0, -1],
    [Number.NaN, 20],
    [0, Number.NaN],
  ] as const;
  for (const [offset, length] of ranges) {
    assert.equal(
      decodeFrame(view, offset, length, 1, new PacketFields()),
      OUTSIDE_BUFFER,
      `${offset} ${length}`,
    );
  }
});

function tags(count: number, payload: Uint8Array): Uint8Array {
  let bytes = vlan(payload);
  for (let i = 1; i < count; i++) bytes = vlan(bytes, i, 0x8100);
  return bytes;
}
