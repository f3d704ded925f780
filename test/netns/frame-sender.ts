/**
 * Puts frames on the wire of a test host, exactly as given and in order, whatever addresses they claim to come from.
 * One tcpreplay reads them from a pipe as a capture file (pcap, little endian, Ethernet) and sends each as it comes.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../lab/host.ts';
import type { Running } from '../../lab/running.ts';
import { concat, ethernet, type TcpOptions, tcpPacket, udpPacket } from '../support/frame-builder.ts';

/** What the server's interface must be set to: the destination of frame-builder's Ethernet frames. */
export const RECEIVER_MAC = '02:00:00:00:00:02';

/** Ethernet's least length without its checksum; drivers would pad. */
const MIN_FRAME_BYTES = 60;

const SYN = 0x02;

export interface Packet {
  readonly src: string;
  readonly dst: string;
  readonly port: number;
  readonly udp?: boolean;
  /** Bits of the TCP header; SYN alone when left out. */
  readonly flags?: number;
  readonly srcPort?: number;
  readonly seq?: number;
}

export class FrameSender {
  readonly #tcpreplay: Running;

  constructor(host: Host, interfaceName = 'eth0') {
    this.#tcpreplay = host.spawn('tcpreplay', ['-t', '-q', '-i', interfaceName, '-']);
    this.#tcpreplay.child.stdin?.write(fileHeader());
  }

  /** Resolves when they are written, not when they arrived. */
  async send(packets: readonly Packet[], gapMs = 0): Promise<void> {
    for (const packet of packets) {
      await this.sendFrame(frameOf(packet));
      if (gapMs > 0) await delay(gapMs);
    }
  }

  async sendFrame(frame: Uint8Array): Promise<void> {
    if (!this.#tcpreplay.isRunning) throw new Error(`tcpreplay ended:\n${this.#tcpreplay.output}`);
    const record = concat(recordHeader(frame.length), frame);
    await new Promise((written) => this.#tcpreplay.child.stdin?.write(record, written));
  }
}

export function frameOf({ src, dst, port, udp = false, flags = SYN, ...rest }: Packet): Uint8Array {
  const options: TcpOptions = { dstPort: port, flags, ...rest };
  const packet = udp
    ? udpPacket({ src, dst, dstPort: port, payload: Uint8Array.of(0) })
    : tcpPacket({ src, dst, ...options });
  return padded(ethernet(packet));
}

/** The bytes of a capture file with these frames. */
export function captureFileOf(frames: readonly Uint8Array[]): Uint8Array {
  return concat(fileHeader(), ...frames.flatMap((frame) => [recordHeader(frame.length), frame]));
}

function padded(frame: Uint8Array): Uint8Array {
  return concat(frame, new Uint8Array(Math.max(0, MIN_FRAME_BYTES - frame.length)));
}

function fileHeader(): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function recordHeader(length: number): Uint8Array {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(length, 12);
  return header;
}
