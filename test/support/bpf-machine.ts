/**
 * Classic BPF run by hand, with what the Linux kernel adds (Documentation/networking/filter.rst), for the instructions
 * that Postern's filters use. Anything else throws. A load from outside the packet ends the program with 0.
 */

import { endianness } from 'node:os';

/** A packet as a packet socket's filter sees it. */
export interface SeenPacket {
  /** From the link header, or from the network header on a device that has none. */
  readonly bytes: Uint8Array;
  /** Where the network header starts. */
  readonly networkAt: number;
  /** The ether type, of the tag when there is one. */
  readonly protocol: number;
  /** 0 is to this host, 4 is outgoing. */
  readonly packetType: number;
}

const LITTLE = endianness() === 'LE';
const NETWORK_OFFSET = -0x100000;
const EXTRA_OFFSET = -0x1000;

/** What the program returns: how many bytes are captured. */
export function runBpf(program: Uint8Array, packet: SeenPacket): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const cells = new Uint32Array(16);
  let a = 0;
  let x = 0;
  for (let at = 0; at < program.length; at += 8) {
    const k = code.getUint32(at + 4, LITTLE);
    const jump = (isTrue: boolean) => {
      at += 8 * code.getUint8(isTrue ? at + 2 : at + 3);
    };
    const load = (offset: number, size: number) => loadBytes(packet, offset | 0, size);
    let loaded: number | undefined = 0;
    switch (code.getUint16(at, LITTLE)) {
      case 0x20:
        loaded = a = load(k, 4) as number;
        break;
      case 0x28:
        loaded = a = load(k, 2) as number;
        break;
      case 0x30:
        loaded = a = load(k, 1) as number;
        break;
      case 0x48:
        loaded = a = load(x + k, 2) as number;
        break;
      case 0x50:
        loaded = a = load(x + k, 1) as number;
        break;
      case 0xb1:
        loaded = load(k, 1);
        x = 4 * ((loaded ?? 0) & 15);
        break;
      case 0x60:
        a = cells[k]!;
        break;
      case 0x02:
        cells[k] = a;
        break;
      case 0x01:
        x = k;
        break;
      case 0x54:
        a = (a & k) >>> 0;
        break;
      case 0x05:
        at += 8 * k;
        break;
      case 0x15:
        jump(a === k);
        break;
      case 0x35:
        jump(a >= k);
        break;
      case 0x45:
        jump((a & k) !== 0);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`unknown instruction 0x${code.getUint16(at, LITTLE).toString(16)}`);
    }
    if (loaded === undefined) return 0;
  }
  throw new Error('the program runs past its end');
}

function loadBytes(packet: SeenPacket, offset: number, size: number): number | undefined {
  if (offset === EXTRA_OFFSET) return packet.protocol;
  if (offset === EXTRA_OFFSET + 4) return packet.packetType;
  const isNetwork = offset < 0 && offset >= NETWORK_OFFSET;
  const start = isNetwork ? packet.networkAt + offset - NETWORK_OFFSET : offset;
  if (start < 0 || start + size > packet.bytes.length) return undefined;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + packet.bytes[start + i]!;
  return value;
}
