/** Packets that were seen, by digest, with a cheap first question by fingerprint. */

export interface SeenPacket {
  /** The packet's own time, seconds since 1970-01-01 UTC. */
  readonly timeS: number;
  /** 32 bits, signed: `WireText.fingerprint`. */
  readonly fingerprint: number;
  /** SHA-256 of the wire in base64 without padding. */
  readonly digest: string;
}

export class SeenDigests {
  readonly #packets = new Map<string, SeenPacket>();
  /** How many packets have this fingerprint. */
  readonly #fingerprints = new Map<number, number>();

  get size(): number {
    return this.#packets.size;
  }

  /** False: certainly not. Costs one look-up, so that most packets need no SHA-256. */
  mayHold(fingerprint: number): boolean {
    return this.#fingerprints.has(fingerprint);
  }

  holds(digest: string): boolean {
    return this.#packets.has(digest);
  }

  add(packet: SeenPacket): void {
    if (this.#packets.has(packet.digest)) return;
    this.#packets.set(packet.digest, packet);
    const { fingerprint } = packet;
    this.#fingerprints.set(fingerprint, (this.#fingerprints.get(fingerprint) ?? 0) + 1);
  }

  delete({ digest, fingerprint }: SeenPacket): void {
    if (!this.#packets.delete(digest)) return;
    const others = this.#fingerprints.get(fingerprint)! - 1;
    if (others === 0) this.#fingerprints.delete(fingerprint);
    else this.#fingerprints.set(fingerprint, others);
  }

  /** In the order in which they came. */
  packets(): IterableIterator<SeenPacket> {
    return this.#packets.values();
  }
}
