/**
 * TCP connections that a host has right now, from the kernel's own list (proc(5), /proc/net/tcp). Connection tracking
 * knows only what passed since the first rule asked for it: an older connection looks new to it.
 */

import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { type IpAddress, parseIpAddress } from '../net/ip-address.ts';

export interface LivingConnection {
  /** The other end. */
  readonly peer: IpAddress;
  readonly peerPort: number;
  readonly localPort: number;
}

/** More than a guarded service has in practice. Of the rest, each lives on once this host has something to say. */
export const MAX_LIVING = 65_536;

/** As the kernel counts: established, and those that are being closed. */
const LIVING_STATES: ReadonlySet<string> = new Set(['01', '04', '05', '08', '09', '0B']);

/** Those to local ports that `isWanted`. A table that cannot be read has none. */
export function livingConnections(isWanted: (localPort: number) => boolean): readonly LivingConnection[] {
  const lines = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].flatMap((path) => tableLines(path));
  const found: LivingConnection[] = [];
  for (const line of lines) {
    const connection = readConnection(line);
    if (connection === undefined || !isWanted(connection.localPort)) continue;
    found.push(connection);
    if (found.length === MAX_LIVING) break;
  }
  return found;
}

function tableLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').slice(1);
  } catch {
    return []; // there is no IPv6, or no /proc
  }
}

/** `0: 0100007F:0016 0200007F:D431 01 …`: addresses in 32-bit words of the machine's byte order. */
export function readConnection(line: string): LivingConnection | undefined {
  const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{8,32}):([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line);
  if (match === null) return undefined;
  const [, localPort = '', address = '', peerPort = '', state = ''] = match;
  const peer = addressOf(address);
  if (peer === undefined || !LIVING_STATES.has(state)) return undefined;
  return { peer, peerPort: Number.parseInt(peerPort, 16), localPort: Number.parseInt(localPort, 16) };
}

function addressOf(hex: string): IpAddress | undefined {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return parseIpAddress([...bytes].join('.'));
  const groups = bytes.toString('hex').match(/.{4}/g) ?? [];
  return parseIpAddress(groups.join(':'));
}
