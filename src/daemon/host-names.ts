/**
 * `-l`: names of addresses for the log, looked up beside the work, bounded, and never waited for by a packet.
 *
 * Each look-up is a process of its own, `getent hosts ADDRESS` (getent(1)), which asks whatever nsswitch.conf names and
 * can be ended. Node's own would hold a thread that the journal needs too, and the end of the daemon, until a name
 * server answers; its resolver that can be cancelled does not give the names of /etc/hosts.
 */

import { execFile } from 'node:child_process';
import { monotonicMs } from '../base/clock.ts';

const MAX_LOOKUPS = 4;

/** Beyond it lines carry the bare address. */
const MAX_WAITING = 256;

const MAX_REMEMBERED = 4096;

/** A name server that is down must not hold back the log: from the question to the answer, waiting included. */
const PATIENCE_MS = 2000;

/** An address without a name, or without an answer, is not asked about again for so long. */
const NAMELESS_MS = 60_000;

interface Remembered {
  readonly label: string;
  readonly untilMs: number;
}

export interface HostNamesOptions {
  /** Gives the name of an address, undefined when it has none; ends at once with the signal. Never rejects. */
  readonly lookUp?: (address: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly patienceMs?: number;
}

export class HostNames {
  readonly #lookUp: NonNullable<HostNamesOptions['lookUp']>;
  readonly #patienceMs: number;
  readonly #known = new Map<string, Remembered>();
  readonly #waiting = new Map<string, Promise<string>>();
  readonly #asking = new Set<AbortController>();
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #isClosed = false;

  constructor({ lookUp = nameOf, patienceMs = PATIENCE_MS }: HostNamesOptions = {}) {
    this.#lookUp = lookUp;
    this.#patienceMs = patienceMs;
  }

  /** `192.0.2.7 (host.example)`, or the address alone when it has no name. Never rejects. */
  label(address: string): string | Promise<string> {
    const known = this.#known.get(address);
    if (known !== undefined && known.untilMs > monotonicMs()) return known.label;
    const waiting = this.#waiting.get(address);
    if (waiting !== undefined) return waiting;
    if (this.#waiting.size >= MAX_WAITING || this.#isClosed) return address;
    const label = this.#ask(address).then((name) => this.#remember(address, name));
    this.#waiting.set(address, label);
    return label;
  }

  /** Ends every look-up: what waits for a name gets the bare address at once. */
  close(): void {
    this.#isClosed = true;
    for (const limit of this.#asking) limit.abort();
  }

  /** undefined when there is no name, or none in time. */
  async #ask(address: string): Promise<string | undefined> {
    const limit = new AbortController();
    const untilMs = monotonicMs() + this.#patienceMs;
    const timer = setTimeout(() => limit.abort(), this.#patienceMs);
    this.#asking.add(limit);
    const isTurn = await this.#turn(limit.signal);
    const isInTime = isTurn && !limit.signal.aborted && monotonicMs() < untilMs;
    const name = isInTime ? await this.#lookUp(address, limit.signal) : undefined;
    if (isTurn) this.#next();
    this.#asking.delete(limit);
    clearTimeout(timer);
    return name;
  }

  /** Whether it came before the signal; then `#next` must follow. */
  #turn(signal: AbortSignal): Promise<boolean> {
    if (this.#running < MAX_LOOKUPS) {
      this.#running++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const go = () => resolve(true);
      this.#queue.push(go);
      const leave = () => {
        const at = this.#queue.indexOf(go);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #next(): void {
    const go = this.#queue.shift();
    if (go === undefined) this.#running--;
    else go();
  }

  #remember(address: string, name: string | undefined): string {
    this.#waiting.delete(address);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    const label = name === undefined ? address : `${address} (${name})`;
    const untilMs = name === undefined ? monotonicMs() + NAMELESS_MS : Number.POSITIVE_INFINITY;
    this.#known.set(address, { label, untilMs });
    return label;
  }
}

/** The first name of `192.0.2.7       host.example alias`; a name server may say anything. */
function nameOf(address: string, signal: AbortSignal): Promise<string | undefined> {
  const asked = new Promise<string | undefined>((resolve) => {
    execFile('getent', ['hosts', address], { signal, killSignal: 'SIGKILL' }, (error, stdout) => {
      const name = error === null ? /^\S+\s+(\S+)/.exec(stdout)?.[1] : undefined;
      resolve(name === address ? undefined : name);
    });
  });
  return asked.catch(() => undefined); // no process could be made
}
