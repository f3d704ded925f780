/**
 * One HMAC key against packets. Nearly every packet that gets here is bogus, so the answer no must be cheap: HMAC is
 * made of two one-shot hashes over prepared blocks (RFC 2104), a third of the cost of createHmac. The answer yes is then
 * confirmed by createHmac itself. Both compare in constant time, and compare texts: a text that another decoder would take
 * for the same HMAC (base64 has unused bits) is not the same packet.
 */

import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { type DigestName, digestBlockBytes, digestTextLength } from './digest.ts';
import type { SecretKey } from './secret-key.ts';
import { isWireLength, type WireText } from './wire-text.ts';

export class PacketHmac {
  readonly type: DigestName;
  /** Characters that it adds to a packet. */
  readonly tailLength: number;
  readonly #key: SecretKey;
  readonly #innerBlock: Uint8Array;
  /** The outer block, then room for the inner digest. */
  readonly #outer: Uint8Array;

  constructor(key: SecretKey, type: DigestName) {
    this.type = type;
    this.tailLength = digestTextLength(type);
    this.#key = key;
    const block = keyBlock(key.reveal(), type);
    this.#innerBlock = block.map((byte) => byte ^ 0x36);
    this.#outer = new Uint8Array(block.length + hash(type, '', 'buffer').length);
    this.#outer.set(block.map((byte) => byte ^ 0x5c));
  }

  matches(wire: WireText): boolean {
    if (!isWireLength(wire.length, this.tailLength)) return false;
    return this.#seemsToMatch(wire) && this.#confirms(wire);
  }

  /** The HMAC of a whole cipher text, prefix included; base64 without padding. */
  sign(cipherText: string): string {
    const base64 = createHmac(this.type, this.#key.reveal()).update(cipherText).digest('base64');
    return base64.slice(0, this.tailLength);
  }

  #seemsToMatch(wire: WireText): boolean {
    const outer = this.#outer;
    const inner = hash(this.type, wire.signedBytes(this.#innerBlock, this.tailLength), 'binary');
    const at = this.#innerBlock.length;
    for (let i = 0; i < inner.length; i++) outer[at + i] = inner.charCodeAt(i);
    const expected = hash(this.type, outer, 'base64');
    const from = wire.length - this.tailLength;
    let difference = 0;
    for (let i = 0; i < this.tailLength; i++) difference |= expected.charCodeAt(i) ^ wire.byteAt(from + i);
    return difference === 0;
  }

  #confirms(wire: WireText): boolean {
    const expected = Buffer.from(this.sign(wire.cipherText(this.tailLength)));
    const from = wire.length - this.tailLength;
    return timingSafeEqual(
      expected,
      expected.map((_, i) => wire.byteAt(from + i)),
    );
  }
}

/** The key, or its digest where it is longer than a block, filled up with zeros. */
function keyBlock(key: Uint8Array, type: DigestName): Uint8Array {
  const block = new Uint8Array(digestBlockBytes(type));
  block.set(key.length > block.length ? hash(type, key, 'buffer') : key);
  return block;
}
