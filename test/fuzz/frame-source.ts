/** Endless frames for fuzzing: random bytes, valid frames of random shape, and valid frames with something broken. */

import {
  authentication,
  concat,
  type Extension,
  ethernet,
  extension,
  fragment,
  ipv4,
  ipv6,
  loopback,
  sll,
  sll2,
  tcp,
  udp,
  vlan,
} from '../support/frame-builder.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

export interface FuzzFrame {
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

const LINK_TYPES = [1, 113, 276, 101, 12, 14, 228, 229, 0, 108];
const VLAN_TYPES = [0x8100, 0x88a8, 0x9100];
const FAMILIES_6 = [10, 24, 28, 30];
const SOURCES_4 = ['10.0.0.1', '192.168.0.103', '127.0.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255'];
const SOURCES_6 = ['fd00::1', 'fe80::1', '::1', '::', 'ff02::1', '::ffff:10.0.0.1'];
/** Values at which lengths, offsets and types change their meaning. */
const EDGES = [0, 1, 2, 4, 5, 6, 8, 17, 20, 40, 44, 50, 51, 59, 60, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0x81, 0xff];
/** How many built frames are kept to be mutated: building costs more than mutating. */
const POOL_SIZE = 512;
const MAX_RANDOM_LENGTH = 160;

export function* fuzzFrames(random: SeededRandom): Generator<FuzzFrame> {
  const pool = Array.from({ length: POOL_SIZE }, () => shapedFrame(random));
  for (;;) {
    if (random.oneIn(20)) pool[random.below(POOL_SIZE)] = shapedFrame(random);
    const kind = random.below(10);
    if (kind === 0)
      yield { linkType: anyLinkType(random), bytes: random.bytes(random.below(MAX_RANDOM_LENGTH)) };
    else if (kind === 1) yield random.pick(pool);
    else yield mutated(random, random.pick(pool), random.pick(pool));
  }
}

function anyLinkType(random: SeededRandom): number {
  return random.oneIn(50) ? random.below(300) : random.pick(LINK_TYPES);
}

/** A valid frame, apart from what the lists above and rare overrides bring in. */
function shapedFrame(random: SeededRandom): FuzzFrame {
  const linkType = random.pick(LINK_TYPES);
  const six = linkType === 229 || (linkType !== 228 && random.oneIn(2));
  const packet = six ? packet6(random) : packet4(random);
  return { linkType, bytes: framed(random, linkType, packet, six) };
}

function framed(random: SeededRandom, linkType: number, packet: Uint8Array, six: boolean): Uint8Array {
  const packetType = random.oneIn(8) ? 4 : random.below(4);
  const family = six ? random.pick(FAMILIES_6) : 2;
  switch (linkType) {
    case 1:
      return tagged(random, packet, ethernet);
    case 113:
      return tagged(random, packet, (payload, type) => sll(payload, packetType, type));
    case 276:
      return tagged(random, packet, (payload, type) => sll2(payload, packetType, type));
    case 0:
      return loopback(packet, family, random.oneIn(2));
    case 108:
      return loopback(packet, family);
    default:
      return packet;
  }
}

function tagged(
  random: SeededRandom,
  packet: Uint8Array,
  wrap: (payload: Uint8Array, type?: number) => Uint8Array,
): Uint8Array {
  const tags = random.oneIn(3) ? random.below(7) : 0;
  if (tags === 0) return wrap(concat(packet, random.oneIn(3) ? random.bytes(random.below(20)) : undefined));
  let payload = vlan(packet, random.below(4096));
  for (let i = 1; i < tags; i++) payload = vlan(payload, random.below(4096), random.pick(VLAN_TYPES));
  return wrap(payload, random.pick(VLAN_TYPES));
}

function packet4(random: SeededRandom): Uint8Array {
  const { protocol, bytes } = segment(random);
  return ipv4(
    {
      src: random.oneIn(3) ? random.pick(SOURCES_4) : `${1 + random.below(223)}.2.3.4`,
      dst: `192.168.0.${random.below(256)}`,
      protocol,
      options: random.bytes(random.oneIn(3) ? random.below(41) : 0),
      moreFragments: random.oneIn(5),
      fragmentOffset: random.oneIn(8) ? 8 * random.below(8192) : 0,
      ...(random.oneIn(8) ? { totalLength: random.below(120) } : {}),
    },
    bytes,
  );
}

function packet6(random: SeededRandom): Uint8Array {
  const { protocol, bytes } = segment(random);
  const count = random.oneIn(2) ? random.below(11) : 0;
  return ipv6(
    {
      src: random.oneIn(3) ? random.pick(SOURCES_6) : `2001:db8::${random.below(65536).toString(16)}`,
      dst: random.oneIn(20) ? '::ffff:10.0.0.2' : 'fd00::2',
      protocol,
      extensions: Array.from({ length: count }, () => anyExtension(random)),
      ...(random.oneIn(8) ? { payloadLength: random.oneIn(2) ? 0 : random.below(120) } : {}),
    },
    bytes,
  );
}

function anyExtension(random: SeededRandom): Extension {
  const number = random.pick([0, 43, 44, 51, 60, 135, 139, 140]);
  if (number === 51) return authentication(8 + 4 * random.below(8));
  if (number === 44)
    return fragment({ offset: random.oneIn(6) ? 8 * random.below(8192) : 0, more: random.oneIn(2) });
  return extension(number, 8 + 8 * random.below(4));
}

function segment(random: SeededRandom): { readonly protocol: number; readonly bytes: Uint8Array } {
  const protocol = random.oneIn(6) ? random.pick([1, 47, 50, 58, 59, 132]) : random.pick([6, 17]);
  const ports = { srcPort: random.below(65536), dstPort: random.oneIn(20) ? 0 : random.below(65536) };
  const payload = random.bytes(random.oneIn(2) ? random.below(40) : 0);
  if (protocol === 17) {
    return {
      protocol,
      bytes: udp({ ...ports, payload, ...(random.oneIn(10) ? { length: random.below(60) } : {}) }),
    };
  }
  const options = random.bytes(random.oneIn(2) ? random.below(41) : 0);
  const header = { seq: random.below(2 ** 32), flags: random.below(256), options, payload };
  const odd = random.oneIn(10) ? { dataOffset: random.below(16) } : {};
  return { protocol, bytes: tcp({ ...ports, ...header, ...odd }) };
}

function mutated(random: SeededRandom, frame: FuzzFrame, other: FuzzFrame): FuzzFrame {
  let { linkType, bytes } = frame;
  for (let rounds = 1 + random.below(3); rounds > 0; rounds--)
    bytes = mutatedBytes(random, bytes, other.bytes);
  if (random.oneIn(20)) linkType = anyLinkType(random);
  return { linkType, bytes };
}

function mutatedBytes(random: SeededRandom, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (random.below(6)) {
    case 0:
      return withByte(bytes, at, random.below(256));
    case 1:
      return withByte(bytes, at, random.pick(EDGES));
    case 2:
      return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 3:
      return bytes.slice(0, at);
    case 4:
      return concat(
        bytes.subarray(0, at),
        random.bytes(random.below(9)),
        bytes.subarray(at + random.below(9)),
      );
    default:
      return concat(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)));
  }
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  if (at < changed.length) changed[at] = value;
  return changed;
}
