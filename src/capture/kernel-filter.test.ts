import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBpf, type SeenPacket } from '../../test/support/bpf-machine.ts';
import { ethernet, hopByHop, ipv4, ipv6, tcp, udp, vlan } from '../../test/support/frame-builder.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { formatIpAddress, type IpAddress, isIpv4, parseIpAddress } from '../net/ip-address.ts';
import { INSTRUCTION_BYTES, MAX_INSTRUCTIONS } from './bpf-program.ts';
import type { FilterSpec, IgnoredRange, TcpClass } from './filter-spec.ts';
import { buildFilter } from './kernel-filter.ts';

const ETHERNET = 1;
const RAW = 12;
const SLL2 = 276;
/** One whose link header the filter does not know: it asks the kernel where the network header is. */
const UNKNOWN = 9999;

const OUTGOING = 4;
const SNAP = 256;

const PLAIN: FilterSpec = {
  synStrays: false,
  udpStrays: false,
  tcp: [{ mask: 0x12, value: 0x02, ports: [7000, 9000] }],
  udp: [8000],
  ignore: [],
  addresses: undefined,
  ipv6: true,
  snapLengthBytes: SNAP,
};

interface Probe {
  readonly dst: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly flags: number;
  readonly isOutgoing: boolean;
}

const SYN: Probe = { dst: '10.0.0.2', protocol: 'tcp', port: 7000, flags: 0x02, isOutgoing: false };
const DATAGRAM: Probe = { ...SYN, protocol: 'udp', port: 8000 };

test('doors pass, everything else is dropped', () => {
  const table: readonly [string, Partial<Probe>, Partial<FilterSpec>, boolean][] = [
    ['a SYN to a door', SYN, {}, true],
    ['a SYN to a door over IPv6', { ...SYN, dst: 'fd00::2' }, {}, true],
    ['IPv6 where it is off', { ...SYN, dst: 'fd00::2' }, { ipv6: false }, false],
    ['a SYN to another port', { ...SYN, port: 7001 }, {}, false],
    ['a SYN with ACK', { ...SYN, flags: 0x12 }, {}, false],
    ['what this host sends', { ...SYN, isOutgoing: true }, {}, false],
    ['a datagram to a door', DATAGRAM, {}, true],
    ['a datagram to the TCP door', { ...DATAGRAM, port: 7000 }, {}, false],
    ['another destination', SYN, { addresses: [ip('10.0.0.3')] }, false],
    ['our own address', SYN, { addresses: [ip('10.0.0.3'), ip('10.0.0.2')] }, true],
    ['our own address over IPv6', { ...SYN, dst: 'fd00::2' }, { addresses: [ip('fd00::2')] }, true],
    ['one that ends alike', { ...SYN, dst: 'fd00::2' }, { addresses: [ip('fd01::2')] }, false],
    ['a stray SYN', { ...SYN, port: 22 }, { synStrays: true }, true],
    ['an ignored stray', { ...SYN, port: 22 }, { synStrays: true, ignore: ignored(22, 22) }, false],
    ['an ignored door', SYN, { synStrays: true, ignore: ignored(1, 65_535) }, true],
    ['a stray ACK', { ...SYN, port: 22, flags: 0x10 }, { synStrays: true }, false],
    ['a stray datagram', { ...DATAGRAM, port: 53 }, { udpStrays: true }, true],
  ];
  for (const [what, probe, spec, isWanted] of table) {
    for (const linkType of [ETHERNET, RAW, SLL2, UNKNOWN]) {
      const program = buildFilter({ ...PLAIN, ...spec }, linkType);
      const expected = isWanted ? SNAP : 0;
      assert.equal(runBpf(program, seen({ ...SYN, ...probe }, linkType)), expected, `${what}, ${linkType}`);
    }
  }
});

test('the transport header is found behind IPv4 options', () => {
  const options = new Uint8Array(8);
  const packet = ipv4({ dst: '10.0.0.2', options }, tcp({ dstPort: 7000 }));
  assert.equal(runBpf(buildFilter(PLAIN, ETHERNET), seenEthernet(packet, 0x0800)), SNAP);
});

test('later fragments are dropped, IPv6 extensions and inner VLAN tags are left to user space', () => {
  const program = buildFilter(PLAIN, ETHERNET);
  const late = ipv4({ dst: '10.0.0.2', fragmentOffset: 8 }, tcp({ dstPort: 7000 }));
  assert.equal(runBpf(program, seenEthernet(late, 0x0800)), 0);
  const extended = ipv6({ extensions: [hopByHop()] }, tcp({ dstPort: 22 }));
  assert.equal(runBpf(program, seenEthernet(extended, 0x86dd)), SNAP);
  const tagged = vlan(ipv4({}, tcp({ dstPort: 22 })));
  assert.equal(runBpf(program, seenEthernet(tagged, 0x8100)), SNAP);
  assert.equal(runBpf(program, seenEthernet(new Uint8Array(28), 0x0806)), 0, 'ARP');
});

test('a packet cut short anywhere is passed or dropped, as the kernel defines it', () => {
  const program = buildFilter({ ...PLAIN, addresses: [ip('10.0.0.2')] }, ETHERNET);
  const whole = seen(SYN, ETHERNET);
  for (let length = 0; length < whole.bytes.length; length++) {
    const passed = runBpf(program, { ...whole, bytes: whole.bytes.subarray(0, length) });
    assert.ok(passed === 0 || length >= 14 + 20 + 14, `${length} bytes`);
  }
});

test('random filters pass what they are asked for; small ones nothing else', () => {
  const seed = seedFromEnvironment();
  const random = seededRandom(seed);
  let passed = 0;
  for (let round = 0; round < 150; round++) {
    const isSmall = random.oneIn(2);
    const spec = randomSpec(random, isSmall);
    const linkType = random.pick([ETHERNET, RAW, SLL2, UNKNOWN]);
    const maxRanges = isSmall ? 128 : random.pick([128, 32, 8, 1]);
    const program = buildFilter(spec, linkType, maxRanges);
    for (let i = 0; i < 50; i++) {
      const probe = randomProbe(random, spec);
      const isPassed = runBpf(program, seen(probe, linkType)) === SNAP;
      const isWanted = wanted(spec, probe);
      const what = `POSTERN_SEED=${seed} round ${round}: ${JSON.stringify({ probe, linkType })}`;
      if (isWanted) assert.ok(isPassed, what);
      if (isSmall) assert.equal(isPassed, isWanted, what);
      passed += Number(isPassed);
    }
  }
  assert.ok(passed > 500, `only ${passed} packets passed`);
});

test('a filter for any number of ports, flags and addresses fits the kernel', () => {
  const random = seededRandom(7);
  const oddPorts = Array.from({ length: 32_768 }, (_, i) => i * 2 + 1);
  const randomPorts = Array.from({ length: 65_535 }, () => random.below(65_536));
  const manyClasses = Array.from({ length: 64 }, (_, i) => ({
    mask: 0x3f,
    value: i,
    ports: Array.from({ length: 2000 }, () => random.below(65_536)),
  }));
  const addresses = Array.from({ length: 64 }, (_, i) => [
    ip(`10.0.${i}.${i}`),
    ip(`fd00:${i}::${i}`),
  ]).flat();
  const ignore = Array.from({ length: 5000 }, (_, i) => ({
    first: i * 13,
    last: i * 13,
    protocol: undefined,
  }));
  const specs: readonly Partial<FilterSpec>[] = [
    { tcp: [{ mask: 0, value: 0, ports: oddPorts }], udp: oddPorts },
    { tcp: [{ mask: 0x12, value: 2, ports: randomPorts }], udp: randomPorts },
    { tcp: manyClasses, udp: oddPorts, addresses, ignore, synStrays: true, udpStrays: true },
  ];
  for (const spec of specs) {
    for (const linkType of [ETHERNET, SLL2, UNKNOWN]) {
      const length = buildFilter({ ...PLAIN, ...spec }, linkType).length / INSTRUCTION_BYTES;
      assert.ok(length < MAX_INSTRUCTIONS, `${length} instructions`);
    }
  }
});

/** What the specification says, without a thought for speed. */
function wanted(spec: FilterSpec, { dst, protocol, port, flags, isOutgoing }: Probe): boolean {
  const { w0, w1, w2 } = ip(dst);
  if (isOutgoing || (!isIpv4(w0, w1, w2) && !spec.ipv6)) return false;
  if (spec.addresses !== undefined && !spec.addresses.some((each) => formatIpAddress(each) === dst))
    return false;
  const isIgnored = spec.ignore.some(
    (each) => each.first <= port && port <= each.last && (each.protocol ?? protocol) === protocol,
  );
  if (protocol === 'udp') return spec.udp.includes(port) || (spec.udpStrays && !isIgnored);
  if (spec.synStrays && !isIgnored && (flags & 0x12) === 0x02) return true;
  return spec.tcp.some(({ mask, value, ports }) => (flags & mask) === value && ports.includes(port));
}

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '127.0.0.1', '255.255.255.255', '0.0.0.1'].concat(
  ...['::1', 'fd00::1', 'fd00::2', 'fd00:1::2', 'fe80::1:2'],
);

function randomSpec(random: SeededRandom, isSmall: boolean): FilterSpec {
  const port = () => (random.oneIn(4) ? random.pick([0, 1, 2, 65_534, 65_535]) : random.below(65_536));
  const ports = () => Array.from({ length: random.below(isSmall ? 12 : 600) }, port);
  const classes = random.below(isSmall ? 6 : 20);
  const spec = {
    synStrays: random.oneIn(2),
    udpStrays: random.oneIn(2),
    tcp: Array.from({ length: classes }, () => randomClass(random, ports())),
    udp: ports(),
    ignore: Array.from({ length: random.below(isSmall ? 8 : 300) }, () => randomRange(random, port())),
    addresses: random.oneIn(3) ? undefined : ADDRESSES.filter(() => random.oneIn(2)).map(ip),
    ipv6: !random.oneIn(4),
    snapLengthBytes: SNAP,
  };
  return spec;
}

function randomClass(random: SeededRandom, ports: readonly number[]): TcpClass {
  const mask = random.pick([0, 0x12, 0x3f, 0x02, random.below(64)]);
  return { mask, value: random.pick([0x02, 0x10, 0, random.below(64)]) & mask, ports };
}

function randomRange(random: SeededRandom, first: number): IgnoredRange {
  const last = Math.min(65_535, first + (random.oneIn(2) ? 0 : random.below(2000)));
  return { first, last, protocol: random.pick(['tcp', 'udp', undefined]) };
}

/** Often close to what the specification names. */
function randomProbe(random: SeededRandom, spec: FilterSpec): Probe {
  const named = [
    ...spec.udp,
    ...spec.tcp.flatMap(({ ports }) => ports),
    ...spec.ignore.flatMap(({ first, last }) => [first, last]),
  ];
  const near = named.length === 0 ? 0 : random.pick(named) + random.below(3) - 1;
  const flags = spec.tcp.length === 0 || random.oneIn(3) ? random.below(64) : random.pick(spec.tcp).value;
  return {
    dst: random.pick(ADDRESSES),
    protocol: random.pick(['tcp', 'udp']),
    port: random.oneIn(8) ? random.below(65_536) : Math.min(65_535, Math.max(0, near)),
    flags: random.oneIn(3) ? 0x02 : flags,
    isOutgoing: random.oneIn(10),
  };
}

function seen(probe: Probe, linkType: number): SeenPacket {
  const { dst, port: dstPort, flags } = probe;
  const { w0, w1, w2 } = ip(dst);
  const isV4 = isIpv4(w0, w1, w2);
  const payload = probe.protocol === 'tcp' ? tcp({ dstPort, flags }) : udp({ dstPort });
  const protocol = probe.protocol === 'tcp' ? 6 : 17;
  const packet = isV4 ? ipv4({ dst, protocol }, payload) : ipv6({ dst, protocol }, payload);
  const hasHeader = linkType === ETHERNET || linkType === UNKNOWN;
  return {
    bytes: hasHeader ? ethernet(packet) : packet,
    networkAt: hasHeader ? 14 : 0,
    protocol: isV4 ? 0x0800 : 0x86dd,
    packetType: probe.isOutgoing ? OUTGOING : 0,
  };
}

function seenEthernet(payload: Uint8Array, protocol: number): SeenPacket {
  return { bytes: ethernet(payload, protocol), networkAt: 14, protocol, packetType: 0 };
}

function ignored(first: number, last: number): readonly IgnoredRange[] {
  return [{ first, last, protocol: undefined }];
}

function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === undefined) throw new Error(`not an address: '${text}'`);
  return address;
}
