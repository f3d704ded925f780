/** Frames of SPA packets. */

import { parseIpAddress } from '../src/net/ip-address.ts';
import { encodePacket, newPacket } from '../src/spa/encode-packet.ts';
import { PacketHmac } from '../src/spa/packet-hmac.ts';
import { SecretKey } from '../src/spa/secret-key.ts';

/** Ethernet, IPv4 and UDP headers. */
const HEADERS_BYTES = 14 + 20 + 8;
export interface SpaKeys {
  readonly key: string;
  readonly hmac: string;
}

export interface DatagramGoal {
  readonly mac: Uint8Array;
  /** Four bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** What a client with these keys sends from `source` to open tcp/22 there. Each may be used once. */
export function spaPacketFor({ key, hmac }: SpaKeys, source: string): string {
  const address = parseIpAddress(source);
  const message = {
    kind: 'access',
    address,
    ports: [{ protocol: 'tcp', port: 22 }],
    timeoutS: undefined,
  } as const;
  const packet = newPacket('bench', Math.floor(Date.now() / 1000), message);
  const wire = encodePacket(packet, {
    key: new SecretKey(Buffer.from(key)),
    hmac: new PacketHmac(new SecretKey(Buffer.from(hmac)), 'sha256'),
    digest: 'sha256',
  });
  if (!wire.ok) throw new Error(wire.error);
  return wire.value;
}

/** @param source IPv4, dotted. No checksum over UDP. */
export function datagramFrame({ mac, address, port }: DatagramGoal, source: string, payload: string): Buffer {
  const frame = Buffer.alloc(HEADERS_BYTES + payload.length);
  frame.set(mac, 0);
  frame.writeUInt16BE(0x0200, 6); // a locally administered sender
  frame.writeUInt16BE(0x0800, 12);
  const ip = frame.subarray(14);
  ip.writeUInt16BE(0x4500, 0);
  ip.writeUInt16BE(28 + payload.length, 2);
  ip.writeUInt16BE(0x4011, 8);
  ip.set(source.split('.').map(Number), 12);
  ip.set(address, 16);
  ip.writeUInt16BE(checksum(ip.subarray(0, 20)), 10);
  ip.writeUInt16BE(40_000, 20);
  ip.writeUInt16BE(port, 22);
  ip.writeUInt16BE(8 + payload.length, 24);
  ip.write(payload, 28, 'latin1');
  return frame;
}

/** RFC 1071, with the field itself still 0. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
