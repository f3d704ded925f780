/** A capture file (pcap or pcapng) opened for reading, through libpcap. */

import { OpError } from '../base/op-error.ts';
import type { Pointer } from './library.ts';
import { pcap, withErrorBuffer } from './pcap-library.ts';
import type { RecordBuffer } from './record-buffer.ts';

/** libpcap reads no longer records, whatever a file's header promises (MAXIMUM_SNAPLEN). */
export const MAX_RECORD_BYTES = 262_144;

export class OfflineCapture {
  readonly linkType: number;
  readonly #handle: Pointer;
  readonly #path: string;

  /** @throws OpError when there is no such file or it is no capture */
  constructor(path: string) {
    const { value: handle, error } = withErrorBuffer((buffer) => pcap().openOffline(path, buffer));
    if (handle === null) throw openError(path, error);
    this.#handle = handle;
    this.#path = path;
    this.linkType = pcap().datalink(handle);
  }

  /**
   * Appends the next records to the buffer; what came before a fault is in the buffer.
   * @returns their number, 0 at the end, or what is wrong with the file
   */
  read(into: RecordBuffer): number | OpError {
    const lib = pcap();
    const count = lib.dispatch(this.#handle, into.capacity(MAX_RECORD_BYTES), lib.dump, into.dumper);
    if (count >= 0) return count;
    const cause = new Error(lib.lastError(this.#handle));
    return new OpError({ op: 'read the capture file', target: this.#path, cause });
  }

  close(): void {
    pcap().close(this.#handle);
  }
}

/** libpcap puts the path before what the system says; else the file can be read but is none of its own. */
function openError(path: string, message: string): OpError {
  const op = 'open the capture file';
  const prefix = `${path}: `;
  if (message.startsWith(prefix)) {
    return new OpError({ op, target: path, cause: new Error(message.slice(prefix.length)) });
  }
  const hint = 'expected a pcap or pcapng file, as tcpdump -w writes it';
  return new OpError({ op, target: path, hint, cause: new Error(message) });
}
