/**
 * How many packets of one door are taken: a bucket that fills with time. Only fresh packets with a good HMAC count, so
 * neither strangers nor old recordings can empty it; it keeps one key's owner from filling the replay cache of all.
 */

/** A morning's rush of a company. */
const BURST = 256;
const PER_SECOND = 16;

export class PacketRate {
  #left = BURST;
  #atS = 0;

  /** Wall clock seconds; a step back gives nothing and takes nothing. */
  take(nowS: number): boolean {
    const gained = Math.max(0, nowS - this.#atS) * PER_SECOND;
    this.#left = Math.min(BURST, this.#left + gained);
    this.#atS = nowS;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
