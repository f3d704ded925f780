/** `-l`: names of addresses for the log, looked up beside the work, bounded, and never waited for by a packet. */

import { lookupService } from 'node:dns/promises';

/** Each holds a thread of Node's pool of four, which the journal needs too. */
const MAX_LOOKUPS = 2;

/** Beyond it lines carry the bare address. */
const MAX_WAITING = 256;

const MAX_REMEMBERED = 4096;

/** A name server that is down must not hold back the log. */
const PATIENCE_MS = 2000;

export class HostNames {
  readonly #known = new Map<string, string>();
  readonly #waiting = new Map<string, Promise<string>>();
  #queue: (() => void)[] = [];
  #running = 0;

  /** `192.0.2.7 (host.example)`, or the address alone when it has no name. Never rejects. */
  label(address: string): string | Promise<string> {
    const known = this.#known.get(address) ?? this.#waiting.get(address);
    if (known !== undefined) return known;
    if (this.#waiting.size >= MAX_WAITING) return address;
    const label = this.#lookUp(address).then((found) => this.#remember(address, found));
    this.#waiting.set(address, label);
    return label;
  }

  async #lookUp(address: string): Promise<string> {
    if (this.#running >= MAX_LOOKUPS) await new Promise<void>((go) => this.#queue.push(go));
    this.#running++;
    const answer = lookupService(address, 0).then(
      ({ hostname }) => (hostname === address ? address : `${address} (${hostname})`),
      () => address,
    );
    const ended = () => {
      this.#running--;
      this.#queue.shift()?.();
    };
    answer.then(ended, ended);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(address), PATIENCE_MS);
    });
    const label = await Promise.race([answer, patience]);
    clearTimeout(timer);
    return label;
  }

  #remember(address: string, label: string): string {
    this.#waiting.delete(address);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(address, label);
    return label;
  }
}
