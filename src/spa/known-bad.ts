/**
 * Packets with a good HMAC that were refused and not remembered by the replay cache: old recordings above all. The next
 * copy is known by sight and costs no decryption. In memory only, of fixed size: this saves work and is no promise.
 */

import { SeenDigests, type SeenPacket } from './seen-digests.ts';

const MAX_PACKETS = 4096;

export class KnownBad {
  readonly #seen = new SeenDigests();

  mayHold(fingerprint: number): boolean {
    return this.#seen.mayHold(fingerprint);
  }

  holds(digest: string): boolean {
    return this.#seen.holds(digest);
  }

  /** The oldest makes room. */
  add(packet: SeenPacket): void {
    const oldest = this.#seen.size < MAX_PACKETS ? undefined : this.#seen.packets().next().value;
    if (oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.add(packet);
  }
}
