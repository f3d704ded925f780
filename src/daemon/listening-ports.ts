/**
 * The ports on which this host listens, from /proc/self/net (proc(5); where a service sees processes alone there is no
 * /proc/net): a packet to one of them is no stray. Read only while strays come in, at most once a second, and only the head of
 * each table, where the kernel puts listening TCP sockets.
 */

import { type FileHandle, open } from 'node:fs/promises';
import { PortSet } from '../knock/port-set.ts';

const REFRESH_MS = 1000;

/** 1,700 sockets; a host with more listeners counts packets to the rest as strays. */
const MAX_BYTES = 256 * 1024;

const TCP_LISTEN = '0A';
/** A UDP socket without a peer. */
const UDP_UNCONNECTED = '07';

const TABLES = [
  { path: '/proc/self/net/tcp', protocol: 'tcp', state: TCP_LISTEN },
  { path: '/proc/self/net/tcp6', protocol: 'tcp', state: TCP_LISTEN },
  { path: '/proc/self/net/udp', protocol: 'udp', state: UDP_UNCONNECTED },
  { path: '/proc/self/net/udp6', protocol: 'udp', state: UDP_UNCONNECTED },
] as const;

export class ListeningPorts {
  readonly #changed: (ports: PortSet) => void;
  #reading: Promise<void> | undefined;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(changed: (ports: PortSet) => void) {
    this.#changed = changed;
  }

  /** Reads anew unless that was done within the last second. */
  async refresh(nowMs: number): Promise<void> {
    if (this.#reading !== undefined || nowMs - this.#readMs < REFRESH_MS) return this.#reading;
    this.#readMs = nowMs;
    this.#reading = readListening().then((ports) => {
      this.#reading = undefined;
      this.#changed(ports);
    });
    await this.#reading;
  }
}

async function readListening(): Promise<PortSet> {
  const ports = new PortSet();
  for (const { path, protocol, state } of TABLES) {
    for (const port of portsInState(await headOf(path), state)) ports.add(port, port, protocol);
  }
  return ports;
}

/** `sl local_address rem_address st ...`, addresses as hexadecimal `ADDRESS:PORT`. */
export function portsInState(table: string, state: string): readonly number[] {
  return [...table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /gm)]
    .filter(([, , found]) => found === state)
    .map(([, port]) => Number.parseInt(port!, 16));
}

/** Empty where there is no such table (no IPv6). */
async function headOf(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const bytes = Buffer.alloc(MAX_BYTES);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, MAX_BYTES - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === MAX_BYTES) return bytes.toString('latin1', 0, length);
    }
  } catch {
    return '';
  } finally {
    await file?.close();
  }
}
