/** Netlink messages and their attributes as bytes (netlink(7)); header fields are in the machine's byte order. */

import { endianness } from 'node:os';

const LITTLE = endianness() === 'LE';
const HEADER_BYTES = 16;
const ATTRIBUTE_BYTES = 4;

/** NLA_F_NESTED. */
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Buffer;
}

export function messageBytes({ type, flags, sequence, body }: NetlinkMessage): Buffer {
  const bytes = Buffer.alloc(padded(HEADER_BYTES + body.length));
  write32(bytes, HEADER_BYTES + body.length, 0);
  write16(bytes, type, 4);
  write16(bytes, flags, 6);
  write32(bytes, sequence, 8);
  body.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** The messages of one datagram. What does not fit its own length ends the list. */
export function* messagesIn(datagram: Buffer): Generator<NetlinkMessage> {
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = read32(datagram, at);
    if (length < HEADER_BYTES) return;
    yield {
      type: read16(datagram, at + 4),
      flags: read16(datagram, at + 6),
      sequence: read32(datagram, at + 8),
      body: datagram.subarray(at + HEADER_BYTES, at + length),
    };
    at += padded(length);
  }
}

export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(ATTRIBUTE_BYTES + padded(value.length));
  write16(bytes, ATTRIBUTE_BYTES + value.length, 0);
  write16(bytes, type, 2);
  bytes.set(value, ATTRIBUTE_BYTES);
  return bytes;
}

export function nested(type: number, ...parts: readonly Buffer[]): Buffer {
  return attribute(type | NESTED, Buffer.concat(parts));
}

/** A name, with the zero at its end. */
export function textAttribute(type: number, text: string): Buffer {
  return attribute(type, Buffer.from(`${text}\0`));
}

/** The attributes of a body or of a nested attribute, as type and value. */
export function* attributesIn(bytes: Buffer): Generator<readonly [type: number, value: Buffer]> {
  for (let at = 0; at + ATTRIBUTE_BYTES <= bytes.length; ) {
    const length = read16(bytes, at);
    if (length < ATTRIBUTE_BYTES) return;
    yield [read16(bytes, at + 2) & TYPE_MASK, bytes.subarray(at + ATTRIBUTE_BYTES, at + length)];
    at += padded(length);
  }
}

/** The negative errno, or 0, that NLMSG_ERROR and NLMSG_DONE begin with. */
export function statusOf({ body }: NetlinkMessage): number {
  if (body.length < 4) return 0;
  return LITTLE ? body.readInt32LE(0) : body.readInt32BE(0);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function read16(from: Buffer, at: number): number {
  return LITTLE ? from.readUInt16LE(at) : from.readUInt16BE(at);
}

function read32(from: Buffer, at: number): number {
  return LITTLE ? from.readUInt32LE(at) : from.readUInt32BE(at);
}

function write16(into: Buffer, value: number, at: number): void {
  if (LITTLE) into.writeUInt16LE(value, at);
  else into.writeUInt16BE(value, at);
}

function write32(into: Buffer, value: number, at: number): void {
  if (LITTLE) into.writeUInt32LE(value, at);
  else into.writeUInt32BE(value, at);
}
