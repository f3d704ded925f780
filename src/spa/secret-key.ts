/** Key material that no log, JSON or inspection shows. Only `reveal` gives the bytes. */

const HIDDEN = '[secret]';

export class SecretKey {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  get lengthBytes(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves: for the cipher, the HMAC, and what a person asked to see. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}
