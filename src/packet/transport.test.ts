import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded } from '../../test/support/decoded.ts';
import { ipv4, ipv6, type TcpOptions, tcp, type UdpOptions, udp } from '../../test/support/frame-builder.ts';

const TCP_CASES: readonly (readonly [name: string, options: TcpOptions, outcome: string])[] = [
  ['syn', {}, '40000 > 7000 flags 2 seq 1'],
  ['all flags', { flags: 0xff }, '40000 > 7000 flags 255 seq 1'],
  ['no flags', { flags: 0 }, '40000 > 7000 flags 0 seq 1'],
  ['high ports', { srcPort: 65535, dstPort: 65535 }, '65535 > 65535 flags 2 seq 1'],
  ['high sequence number', { seq: 0xffffffff }, '40000 > 7000 flags 2 seq -1'],
  ['options', { options: new Uint8Array(40) }, '40000 > 7000 flags 2 seq 1'],
  ['data offset 4', { dataOffset: 4 }, 'bad tcp header length'],
  ['data offset 0', { dataOffset: 0 }, 'bad tcp header length'],
  ['data offset behind the packet', { dataOffset: 6 }, 'truncated tcp header'],
  ['source port 0', { srcPort: 0 }, '0 > 7000 flags 2 seq 1'],
  ['destination port 0', { dstPort: 0 }, 'destination port 0'],
];

const UDP_CASES: readonly (readonly [name: string, options: UdpOptions, outcome: string])[] = [
  ['empty', {}, '40000 > 7000 flags 0 seq 0'],
  ['with payload', { payload: new Uint8Array(100) }, '40000 > 7000 flags 0 seq 0'],
  ['length under the payload', { payload: new Uint8Array(100), length: 8 }, '40000 > 7000 flags 0 seq 0'],
  ['length 7', { length: 7 }, 'bad udp length'],
  ['length 0', { length: 0 }, 'bad udp length'],
  ['length over the packet', { length: 9 }, 'bad udp length'],
  ['source port 0', { srcPort: 0 }, '0 > 7000 flags 0 seq 0'],
  ['destination port 0', { dstPort: 0 }, 'destination port 0'],
];

describe('a TCP header', () => {
  for (const [name, options, outcome] of TCP_CASES) {
    test(`${name}: ${outcome}`, () => {
      assert.equal(ports(decoded(228, ipv4({}, tcp(options)))), outcome);
      assert.equal(ports(decoded(229, ipv6({}, tcp(options)))), outcome);
    });
  }
});

describe('a UDP header', () => {
  for (const [name, options, outcome] of UDP_CASES) {
    test(`${name}: ${outcome}`, () => {
      assert.equal(ports(decoded(228, ipv4({ protocol: 17 }, udp(options)))), outcome);
      assert.equal(ports(decoded(229, ipv6({ protocol: 17 }, udp(options)))), outcome);
    });
  }
});

test('14 captured bytes of a TCP header are enough, 13 are not', () => {
  const packet = ipv4({}, tcp({ options: new Uint8Array(20) }));
  assert.equal(ports(decoded(228, packet.subarray(0, 20 + 14))), '40000 > 7000 flags 2 seq 1');
  assert.equal(decoded(228, packet.subarray(0, 20 + 13)), 'truncated tcp header');
});

test('8 captured bytes of a UDP datagram are enough, 7 are not', () => {
  const packet = ipv4({ protocol: 17 }, udp({ payload: new Uint8Array(50) }));
  assert.equal(ports(decoded(228, packet.subarray(0, 20 + 8))), '40000 > 7000 flags 0 seq 0');
  assert.equal(decoded(228, packet.subarray(0, 20 + 7)), 'truncated udp header');
});

/** The ports and the rest, without the protocol and the addresses; a reason as it is. */
function ports(outcome: string): string {
  return outcome.replace(/^(?:tcp|udp) \S+:(\d+) > \S+:(\d+) /, '$1 > $2 ');
}
