/** Capture files for the generator: floods of forged knocks, and knocks at their times. */

import { writeFileSync } from 'node:fs';
import { frameBytes, type Goal, newSheet, writeSyn } from './flood-frame.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

export interface FloodWish {
  readonly packets: number;
  /** Different source addresses, in turn. */
  readonly sources: number;
  /** Default 0. */
  readonly firstSource?: number;
  /** Destination ports, in turn. */
  readonly ports: readonly number[];
}

export interface TimedKnock {
  readonly timeMs: number;
  readonly source: number;
  readonly port: number;
}

/** To be played as fast as it goes: all times are 0. */
export function writeFlood(path: string, goal: Goal, wish: FloodWish): void {
  const { packets, sources, ports, firstSource = 0 } = wish;
  writeCapture(path, goal, packets, (i) => ({
    timeMs: 0,
    source: firstSource + (i % sources),
    port: ports[i % ports.length] ?? 0,
  }));
}

/** To be played in real time. */
export function writeKnocks(path: string, goal: Goal, knocks: readonly TimedKnock[]): void {
  const inOrder = knocks.toSorted((a, b) => a.timeMs - b.timeMs);
  writeCapture(path, goal, inOrder.length, (i) => inOrder[i] as TimedKnock);
}

/** The pcap file format, version 2.4, Ethernet, microseconds (draft-ietf-opsawg-pcap). */
function writeCapture(path: string, goal: Goal, packets: number, packet: (i: number) => TimedKnock): void {
  const length = frameBytes(goal);
  const sheet = newSheet(FILE_HEADER_BYTES + packets * (RECORD_HEADER_BYTES + length));
  const { view } = sheet;
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint32(4, 0x00020004);
  view.setUint32(16, 65_535);
  view.setUint32(20, 1);
  for (let i = 0, at = FILE_HEADER_BYTES; i < packets; i++) {
    const { timeMs, source, port } = packet(i);
    view.setUint32(at, Math.floor(timeMs / 1000));
    view.setUint32(at + 4, Math.round((timeMs % 1000) * 1000));
    view.setUint32(at + 8, length);
    view.setUint32(at + 12, length);
    writeSyn(sheet, at + RECORD_HEADER_BYTES, goal, source, port);
    at += RECORD_HEADER_BYTES + length;
  }
  writeFileSync(path, sheet.bytes);
}
