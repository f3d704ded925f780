/**
 * A packet's text in a buffer of its own, written again for every packet, with room in front for what HMAC puts there:
 *
 *     | up to 136 bytes for the key block | U2FsdGVkX1 | wire ...            |
 *                                         | cipher text C         | HMAC H   |
 *
 * Loading looks at length and alphabet and allocates nothing: most bogus packets end here.
 */

import { hash } from 'node:crypto';
import { BLOCK_BYTES, SALT_BYTES, SALT_MARK } from './cipher.ts';
import { digestTextLength, MAX_BLOCK_BYTES } from './digest.ts';
import { MAX_WIRE_LENGTH } from './spa-packet.ts';

/** What the wire leaves out: the whole characters of B("Salted__"). */
export const STRIPPED_PREFIX = 'U2FsdGVkX1';

/** The shortest fields and digest that the parser takes are longer than three blocks. */
const MIN_BLOCKS = 4;
const MIN_CIPHER_LENGTH = base64Length(SALT_MARK.length + SALT_BYTES + MIN_BLOCKS * BLOCK_BYTES);
const MIN_WIRE_LENGTH = MIN_CIPHER_LENGTH - STRIPPED_PREFIX.length;

const PREFIX_AT = MAX_BLOCK_BYTES;
const WIRE_AT = PREFIX_AT + STRIPPED_PREFIX.length;

const PREFIX = Buffer.from(STRIPPED_PREFIX);
const ALPHABET = alphabetTable();

/** Why a datagram has not the shape of a packet. `start`: its first character cannot follow the stripped prefix. */
export type ShapeFault = 'length' | 'prefix' | 'start' | 'alphabet';

/** Whether a packet whose HMAC has `tailLength` characters (0: no HMAC) can have this length. */
export function isWireLength(length: number, tailLength: number): boolean {
  return length <= MAX_WIRE_LENGTH && isCipherLength(length - tailLength + STRIPPED_PREFIX.length);
}

export class WireText {
  /** Characters of the wire; 0 when nothing is loaded. */
  length = 0;
  readonly #bytes = Buffer.alloc(WIRE_AT + MAX_WIRE_LENGTH);
  /** Views by their place; as many as there are block sizes and lengths of cipher texts. */
  readonly #views = new Map<number, Uint8Array>();

  constructor() {
    this.#bytes.set(PREFIX, PREFIX_AT);
  }

  /** Takes `source` from `from` up to, not including, `to`. */
  load(source: Uint8Array, from: number, to: number): ShapeFault | undefined {
    this.length = 0;
    const length = to - from;
    if (length < MIN_WIRE_LENGTH || length > MAX_WIRE_LENGTH) return 'length';
    const start = startFault(source, from);
    if (start !== undefined) return start;
    if (!this.#takes(source, from, length)) return 'alphabet';
    this.length = length;
    return undefined;
  }

  /** False where a byte is not of the alphabet. Four at a time, which takes half as long as one by one. */
  #takes(source: Uint8Array, from: number, length: number): boolean {
    const bytes = this.#bytes;
    const fours = length & ~3;
    for (let i = 0; i < fours; i += 4) {
      const at = from + i;
      const to = WIRE_AT + i;
      const a = source[at]!;
      const b = source[at + 1]!;
      const c = source[at + 2]!;
      const d = source[at + 3]!;
      if ((ALPHABET[a]! & ALPHABET[b]! & ALPHABET[c]! & ALPHABET[d]!) === 0) return false;
      bytes[to] = a;
      bytes[to + 1] = b;
      bytes[to + 2] = c;
      bytes[to + 3] = d;
    }
    for (let i = fours; i < length; i++) {
      const byte = source[from + i]!;
      if (ALPHABET[byte] !== 1) return false;
      bytes[WIRE_AT + i] = byte;
    }
    return true;
  }

  byteAt(index: number): number {
    return this.#bytes[WIRE_AT + index]!;
  }

  /** From the salt: equal packets have equal ones, others hardly ever. */
  fingerprint(): number {
    const bytes = this.#bytes;
    return Math.imul(bytes.readInt32LE(WIRE_AT + 1), 0x9e3779b1) ^ bytes.readInt32LE(WIRE_AT + 5);
  }

  /** SHA-256 of the wire, base64 without padding: what the replay cache knows a packet by. */
  digest(): string {
    return hash('sha256', this.#view(WIRE_AT, this.length), 'base64').slice(0, digestTextLength('sha256'));
  }

  /** The cipher text, prefix included, with `block` in front of it; good until the next call or load. */
  signedBytes(block: Uint8Array, tailLength: number): Uint8Array {
    const at = PREFIX_AT - block.length;
    this.#bytes.set(block, at);
    return this.#view(at, block.length + STRIPPED_PREFIX.length + this.length - tailLength);
  }

  /** The cipher text, prefix included. */
  cipherText(tailLength: number): string {
    return this.#bytes.toString('latin1', PREFIX_AT, WIRE_AT + this.length - tailLength);
  }

  #view(at: number, length: number): Uint8Array {
    const place = at * (WIRE_AT + MAX_WIRE_LENGTH + 1) + length;
    let view = this.#views.get(place);
    if (view === undefined) {
      view = this.#bytes.subarray(at, at + length);
      this.#views.set(place, view);
    }
    return view;
  }
}

/** Characters of `bytes` bytes in base64 without padding. */
function base64Length(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

/** Whether a text of this length can hold mark, salt and whole blocks. */
function isCipherLength(length: number): boolean {
  const bytes = Math.floor((length * 3) / 4);
  return length >= MIN_CIPHER_LENGTH && bytes % BLOCK_BYTES === 0 && base64Length(bytes) === length;
}

/** The character behind the prefix has four bits of the mark's last byte, all set. */
function startFault(source: Uint8Array, from: number): ShapeFault | undefined {
  const first = source[from]!;
  if (first === 0x38 || first === 0x39 || first === 0x2b || first === 0x2f) return undefined;
  return PREFIX.every((byte, i) => source[from + i] === byte) ? 'prefix' : 'start';
}

function alphabetTable(): Uint8Array {
  const table = new Uint8Array(256);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (const byte of Buffer.from(alphabet)) table[byte] = 1;
  return table;
}
