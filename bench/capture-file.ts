/** Capture files: the pcap file format, version 2.4, Ethernet, microseconds (draft-ietf-opsawg-pcap). */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Place } from './frame-messages.ts';

const MAGIC = 0xa1b2c3d4;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

export interface TimedFrame {
  readonly timeMs: number;
  readonly frame: Uint8Array;
}

/** In the order of their times. */
export function writeCapture(path: string, frames: readonly TimedFrame[]): void {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(0x00020004, 4);
  header.writeUInt32BE(65_535, 16);
  header.writeUInt32BE(1, 20);
  const inOrder = frames.toSorted((a, b) => a.timeMs - b.timeMs);
  writeFileSync(
    path,
    Buffer.concat([header, ...inOrder.flatMap((each) => [recordHeader(each), each.frame])]),
  );
}

/** What `writeCapture` wrote: the whole file, and where its frames are. */
export function framesOf(path: string): { readonly bytes: Buffer; readonly places: readonly Place[] } {
  const bytes = readFileSync(path);
  if (bytes.readUInt32BE(0) !== MAGIC) throw new Error(`'${path}' is not a capture file of the bench`);
  const places: Place[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 8);
    places.push({ at: at + RECORD_HEADER_BYTES, length });
    at += RECORD_HEADER_BYTES + length;
  }
  return { bytes, places };
}

function recordHeader({ timeMs, frame }: TimedFrame): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32BE(Math.floor(timeMs / 1000), 0);
  header.writeUInt32BE(Math.round((timeMs % 1000) * 1000), 4);
  header.writeUInt32BE(frame.length, 8);
  header.writeUInt32BE(frame.length, 12);
  return header;
}
