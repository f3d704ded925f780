/** One valid frame for each way in which a knock can be wrapped. Every one of them decodes. */

import {
  authentication,
  destinationOptions,
  ethernet,
  extension,
  fragment,
  hopByHop,
  ipv4,
  ipv6,
  loopback,
  routing,
  sll,
  sll2,
  tcp,
  tcpPacket,
  udp,
  udpPacket,
  vlan,
} from './frame-builder.ts';

export interface SampleFrame {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

const tcp4 = tcpPacket({ src: '10.0.0.1', dst: '10.0.0.2', options: new Uint8Array(12) });
const udp4 = udpPacket({ src: '10.0.0.1', dst: '10.0.0.2', payload: Uint8Array.of(1, 2, 3) });
const tcp6 = tcpPacket({ src: 'fd00::1', dst: 'fd00::2' });
const udp6 = udpPacket({ src: 'fd00::1', dst: 'fd00::2' });
const chain = [
  hopByHop(),
  destinationOptions(16),
  routing(24),
  fragment(),
  authentication(),
  destinationOptions(),
];

export const SAMPLE_FRAMES: readonly SampleFrame[] = [
  sample('ethernet ipv4 tcp', 1, ethernet(tcp4)),
  sample('ethernet ipv4 udp', 1, ethernet(udp4)),
  sample('ethernet ipv6 tcp', 1, ethernet(tcp6)),
  sample('ethernet ipv6 udp', 1, ethernet(udp6)),
  sample('ethernet 802.1q ipv4 tcp', 1, ethernet(vlan(tcp4), 0x8100)),
  sample('ethernet 802.1ad 802.1q ipv6 udp', 1, ethernet(vlan(vlan(udp6), 7, 0x8100), 0x88a8)),
  sample('ethernet 0x9100 802.1q ipv4 udp', 1, ethernet(vlan(vlan(udp4), 7, 0x8100), 0x9100)),
  sample('ethernet ipv4 options tcp', 1, ethernet(ipv4({ options: new Uint8Array(40) }, tcp()))),
  sample('ethernet ipv4 first fragment udp', 1, ethernet(ipv4({ protocol: 17, moreFragments: true }, udp()))),
  sample('ethernet ipv6 extensions tcp', 1, ethernet(ipv6({ extensions: chain }, tcp()))),
  sample('ethernet ipv6 mobility hip shim6 udp', 1, ethernet(odd6())),
  sample(
    'ethernet ipv6 first fragment tcp',
    1,
    ethernet(ipv6({ extensions: [fragment({ more: true })] }, tcp())),
  ),
  sample('cooked v1 ipv4 tcp', 113, sll(tcp4)),
  sample('cooked v1 802.1q ipv6 udp', 113, sll(vlan(udp6), 0, 0x8100)),
  sample('cooked v2 ipv4 udp', 276, sll2(udp4)),
  sample('cooked v2 802.1q ipv6 tcp', 276, sll2(vlan(tcp6), 0, 0x8100)),
  sample('raw 101 ipv4 tcp', 101, tcp4),
  sample('raw 101 ipv6 tcp', 101, tcp6),
  sample('raw 12 ipv4 udp', 12, udp4),
  sample('raw 14 ipv6 udp', 14, udp6),
  sample('raw 228 ipv4 tcp', 228, tcp4),
  sample('raw 229 ipv6 udp', 229, udp6),
  sample('null little endian ipv4 tcp', 0, loopback(tcp4, 2, true)),
  sample('null big endian ipv4 udp', 0, loopback(udp4, 2)),
  sample('null little endian ipv6 tcp', 0, loopback(tcp6, 30, true)),
  sample('null big endian ipv6 udp', 0, loopback(udp6, 24)),
  sample('loop ipv4 tcp', 108, loopback(tcp4, 2)),
  sample('loop ipv6 udp', 108, loopback(udp6, 10)),
];

function odd6(): Uint8Array {
  return ipv6({ protocol: 17, extensions: [extension(135), extension(139, 16), extension(140)] }, udp());
}

function sample(name: string, linkType: number, bytes: Uint8Array): SampleFrame {
  return { name, linkType, bytes };
}
