/** Bodies of rtnetlink messages (rtnetlink(7)): a fixed part, then attributes. Numbers are in this host's byte order. */

import { HOST_IS_LITTLE_ENDIAN } from './frame-batch.ts';

const ATTRIBUTE_HEADER_BYTES = 4;
/** NLA_F_NESTED and NLA_F_NET_BYTEORDER, which are no part of the type. */
const TYPE_MASK = 0x3fff;

export interface Attribute {
  readonly type: number;
  readonly value: DataView;
}

/** The attributes behind the fixed part, as far as they are whole. */
export function attributesOf(message: DataView, fixedBytes: number): Attribute[] {
  const found: Attribute[] = [];
  for (let at = fixedBytes; at + ATTRIBUTE_HEADER_BYTES <= message.byteLength; ) {
    const length = message.getUint16(at, HOST_IS_LITTLE_ENDIAN);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > message.byteLength) break;
    const type = message.getUint16(at + 2, HOST_IS_LITTLE_ENDIAN) & TYPE_MASK;
    const start = message.byteOffset + at + ATTRIBUTE_HEADER_BYTES;
    found.push({ type, value: new DataView(message.buffer, start, length - ATTRIBUTE_HEADER_BYTES) });
    at += aligned(length);
  }
  return found;
}

/** The values of the attributes of one type. */
export function valuesOf(attributes: readonly Attribute[], type: number): DataView[] {
  return attributes.filter((each) => each.type === type).map(({ value }) => value);
}

/** Everything in netlink starts at a multiple of four bytes. */
export function aligned(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}
