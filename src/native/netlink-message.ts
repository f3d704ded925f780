/** Netlink messages and their attributes as bytes (netlink(7)); header fields are in the machine's byte order. */

import { endianness } from 'node:os';

const LITTLE = endianness() === 'LE';
const HEADER_BYTES = 16;
const ATTRIBUTE_BYTES = 4;

/** More than one change of a set takes. */
const FIRST_BYTES = 1024;
const PADDING = 4;

/** NLA_F_NESTED. */
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Buffer;
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

/** Messages, one after the other, in memory that serves again for the next ones: a change is a dozen small pieces. */
export class MessageWriter {
  #bytes = Buffer.alloc(FIRST_BYTES);
  #at = 0;

  /** All since the last `clear`, until the next. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  clear(): void {
    this.#bytes.fill(0, 0, this.#at);
    this.#at = 0;
  }

  /** @param write writes the body */
  message(type: number, flags: number, sequence: number, write: () => void): void {
    const start = this.#take(HEADER_BYTES);
    write();
    const bytes = this.#bytes;
    write32(bytes, this.#at - start, start);
    write16(bytes, type, start + 4);
    write16(bytes, flags, start + 6);
    write32(bytes, sequence, start + 8);
    this.#pad();
  }

  raw(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
    this.#pad();
  }

  attribute(type: number, value: Uint8Array): void {
    this.#attribute(type, () => this.#bytes.set(value, this.#take(value.length)));
  }

  /** A name, with the zero at its end. */
  text(type: number, text: string): void {
    this.#attribute(type, () => {
      const length = Buffer.byteLength(text);
      this.#bytes.write(text, this.#take(length + 1));
    });
  }

  /** In network order. */
  number64(type: number, value: number): void {
    this.#attribute(type, () => {
      const at = this.#take(8);
      this.#bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
      this.#bytes.writeUInt32BE(value % 2 ** 32, at + 4);
    });
  }

  /** @param write writes the attributes in it */
  nested(type: number, write: () => void): void {
    this.#attribute(type | NESTED, write);
  }

  #attribute(type: number, write: () => void): void {
    const start = this.#take(ATTRIBUTE_BYTES);
    write();
    write16(this.#bytes, this.#at - start, start);
    write16(this.#bytes, type, start + 2);
    this.#pad();
  }

  /** Where the next so many bytes are; they are 0. */
  #take(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at + PADDING > this.#bytes.length) {
      const larger = Buffer.alloc(2 * (this.#at + PADDING));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }

  #pad(): void {
    this.#at = padded(this.#at);
  }
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
