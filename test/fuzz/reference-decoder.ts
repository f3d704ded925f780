/**
 * The decoder again, slow and obvious: layers peel slices off a plain array and a read past its end throws `Cut`.
 * Written from the RFCs and the link type list alone; it shares no code with src/packet, so that both can be compared.
 */

export interface ReferenceFields {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly tcpFlags: number;
  readonly tcpSeq: number;
}

/** Fields, or the text of the reason. */
export function referenceDecode(linkType: number, frame: Uint8Array): ReferenceFields | string {
  try {
    return link(linkType, [...frame]);
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal.reason;
    throw refusal;
  }
}

type Bytes = readonly number[];

/** What an IP header says about its payload. */
interface Payload {
  readonly captured: Bytes;
  readonly claimed: number;
  readonly moreFragments: boolean;
  readonly src: string;
  readonly dst: string;
}

class Refusal extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

function refuse(reason: string): never {
  throw new Refusal(reason);
}

function need(bytes: Bytes, count: number, reason: string): void {
  if (bytes.length < count) refuse(reason);
}

function big(bytes: Bytes, at: number, count: number): number {
  let value = 0;
  for (const byte of bytes.slice(at, at + count)) value = value * 256 + byte;
  return value;
}

function hex(bytes: Bytes): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function link(linkType: number, frame: Bytes): ReferenceFields {
  const CUT = 'truncated link header';
  switch (linkType) {
    case 1:
      need(frame, 14, CUT);
      return etherType(big(frame, 12, 2), frame.slice(14));
    case 113:
      need(frame, 16, CUT);
      return big(frame, 0, 2) === 4 ? refuse('outgoing') : etherType(big(frame, 14, 2), frame.slice(16));
    case 276:
      need(frame, 20, CUT);
      return frame[10] === 4 ? refuse('outgoing') : etherType(big(frame, 0, 2), frame.slice(20));
    case 12:
    case 14:
    case 101: {
      need(frame, 1, CUT);
      const version = Math.floor(frame[0]! / 16);
      return version === 4 ? ipv4(frame) : version === 6 ? ipv6(frame) : refuse('not ip');
    }
    case 228:
      return ipv4(frame);
    case 229:
      return ipv6(frame);
    case 0:
    case 108: {
      need(frame, 4, CUT);
      const orders = [frame.slice(0, 4)];
      if (linkType === 0) orders.push([...orders[0]!].reverse());
      const families = orders.map((order) => big(order, 0, 4));
      if (families.includes(2)) return ipv4(frame.slice(4));
      return families.some((each) => [10, 24, 28, 30].includes(each))
        ? ipv6(frame.slice(4))
        : refuse('not ip');
    }
    default:
      return refuse('unknown link type');
  }
}

function etherType(type: number, rest: Bytes, tags = 0): ReferenceFields {
  if (type === 0x0800) return ipv4(rest);
  if (type === 0x86dd) return ipv6(rest);
  if (![0x8100, 0x88a8, 0x9100].includes(type)) return refuse('not ip');
  if (tags === 4) return refuse('too many vlan tags');
  need(rest, 4, 'truncated link header');
  return etherType(big(rest, 2, 2), rest.slice(4), tags + 1);
}

function ipv4(packet: Bytes): ReferenceFields {
  need(packet, 20, 'truncated ipv4 header');
  if (Math.floor(packet[0]! / 16) !== 4) refuse('wrong ip version');
  const headerLength = (packet[0]! % 16) * 4;
  const totalLength = big(packet, 2, 2);
  if (headerLength < 20 || totalLength < headerLength) refuse('bad ipv4 length');
  need(packet, headerLength, 'truncated ipv4 header');
  const first = packet[12]!;
  if (first === 0 || first >= 224) refuse('martian source');
  const fragment = big(packet, 6, 2);
  if (fragment % 8192 !== 0) refuse('later fragment');
  return transport(packet[9]!, {
    captured: packet.slice(headerLength, totalLength),
    claimed: totalLength - headerLength,
    moreFragments: Math.floor(fragment / 8192) % 2 === 1,
    src: `00000000000000000000ffff${hex(packet.slice(12, 16))}`,
    dst: `00000000000000000000ffff${hex(packet.slice(16, 20))}`,
  });
}

function ipv6(packet: Bytes): ReferenceFields {
  need(packet, 40, 'truncated ipv6 header');
  if (Math.floor(packet[0]! / 16) !== 6) refuse('wrong ip version');
  const src = hex(packet.slice(8, 24));
  const dst = hex(packet.slice(24, 40));
  if ([src, dst].some((each) => /^0{20}ffff/.test(each))) refuse('ipv4-mapped ipv6 address');
  if (/^(0{32}|ff.*)$/.test(src)) refuse('martian source');
  const claimed = big(packet, 4, 2);
  if (claimed === 0 && packet[6] === 0) refuse('jumbogram');
  const captured = packet.slice(40, 40 + claimed);
  return afterIpv6(packet[6]!, { captured, claimed, moreFragments: false, src, dst }, 0);
}

function afterIpv6(next: number, payload: Payload, seen: number): ReferenceFields {
  if (next === 59) return refuse('no next header');
  if (![0, 43, 44, 51, 60, 135, 139, 140].includes(next)) return transport(next, payload);
  if (seen === 8) return refuse('too many ipv6 extension headers');
  const header = payload.captured;
  need(header, 8, 'truncated ipv6 extension header');
  if (next === 44 && big(header, 2, 2) >= 8) refuse('later fragment');
  const length = next === 44 ? 8 : next === 51 ? 8 + header[1]! * 4 : 8 + header[1]! * 8;
  need(header, length, 'truncated ipv6 extension header');
  const rest = {
    ...payload,
    captured: header.slice(length),
    claimed: payload.claimed - length,
    moreFragments: payload.moreFragments || (next === 44 && header[3]! % 2 === 1),
  };
  return afterIpv6(header[0]!, rest, seen + 1);
}

function transport(protocol: number, payload: Payload): ReferenceFields {
  const { captured, claimed, moreFragments, src, dst } = payload;
  if (protocol === 50) return refuse('encrypted');
  if (protocol !== 6 && protocol !== 17) return refuse('neither tcp nor udp');
  const cut = protocol === 6 ? 'truncated tcp header' : 'truncated udp header';
  const short = moreFragments ? 'tiny fragment' : cut;
  if (claimed < (protocol === 6 ? 20 : 8)) refuse(short);
  need(captured, protocol === 6 ? 14 : 8, cut);
  if (protocol === 6) {
    const headerLength = Math.floor(captured[12]! / 16) * 4;
    if (headerLength < 20) refuse('bad tcp header length');
    if (claimed < headerLength) refuse(short);
  } else {
    const length = big(captured, 4, 2);
    if (length < 8 || (!moreFragments && length > claimed)) refuse('bad udp length');
  }
  const [srcPort, dstPort] = [big(captured, 0, 2), big(captured, 2, 2)];
  if (dstPort === 0) refuse('destination port 0');
  const ports = { src, dst, protocol, srcPort, dstPort };
  if (protocol === 17) return { ...ports, tcpFlags: 0, tcpSeq: 0 };
  return { ...ports, tcpFlags: captured[13]!, tcpSeq: big(captured, 4, 4) };
}
