/** The calls of libpcap that are used (pcap(3PCAP)): those for capture files. */

import { type Library, loadLibrary, type Pointer } from './library.ts';
import { once } from './once.ts';

/** PCAP_ERRBUF_SIZE. */
const ERROR_BYTES = 256;

export interface PcapLibrary {
  readonly openOffline: (path: string, error: Uint8Array) => Pointer | null;
  readonly openDead: (linkType: number, snapLength: number) => Pointer | null;
  readonly datalink: (handle: Pointer) => number;
  readonly dispatch: (handle: Pointer, count: number, callback: Pointer, user: Pointer) => number;
  readonly lastError: (handle: Pointer) => string;
  readonly close: (handle: Pointer) => void;
  readonly dumpFopen: (handle: Pointer, file: Pointer) => Pointer | null;
  readonly dumpClose: (dumper: Pointer) => void;
  /** `pcap_dump` itself, to be passed as the callback of `dispatch`. */
  readonly dump: Pointer;
}

/** @throws OpError when libpcap is not installed */
export const pcap: () => PcapLibrary = once(() => bind(loadLibrary('libpcap.so.0.8', 'libpcap0.8')));

/** Calls what writes its complaint to an error buffer, and gives both. */
export function withErrorBuffer<T>(call: (error: Uint8Array) => T): {
  readonly value: T;
  readonly error: string;
} {
  const bytes = new Uint8Array(ERROR_BYTES);
  const value = call(bytes);
  const length = bytes.indexOf(0);
  return { value, error: Buffer.from(bytes.subarray(0, length < 0 ? undefined : length)).toString() };
}

function bind(lib: Library): PcapLibrary {
  return {
    openOffline: lib.func('void* pcap_open_offline(const char*, _Out_ uint8_t*)'),
    openDead: lib.func('void* pcap_open_dead(int, int)'),
    datalink: lib.func('int pcap_datalink(void*)'),
    dispatch: lib.func('int pcap_dispatch(void*, int, void*, void*)'),
    lastError: lib.func('const char* pcap_geterr(void*)'),
    close: lib.func('void pcap_close(void*)'),
    dumpFopen: lib.func('void* pcap_dump_fopen(void*, void*)'),
    dumpClose: lib.func('void pcap_dump_close(void*)'),
    dump: lib.symbol('pcap_dump'),
  };
}
