/** The calls of libpcap that are used (pcap(3PCAP)). */

import { type Library, loadLibrary, type Pointer } from './library.ts';
import { once } from './once.ts';

/** PCAP_ERRBUF_SIZE. */
const ERROR_BYTES = 256;

export interface PcapLibrary {
  readonly create: (device: string, error: Uint8Array) => Pointer | null;
  readonly openOffline: (path: string, error: Uint8Array) => Pointer | null;
  readonly openDead: (linkType: number, snapLength: number) => Pointer | null;
  readonly setSnaplen: (handle: Pointer, bytes: number) => number;
  readonly setTimeout: (handle: Pointer, ms: number) => number;
  readonly setImmediateMode: (handle: Pointer, on: number) => number;
  readonly setBufferSize: (handle: Pointer, bytes: number) => number;
  readonly activate: (handle: Pointer) => number;
  readonly setNonblock: (handle: Pointer, on: number, error: Uint8Array) => number;
  readonly setDatalink: (handle: Pointer, linkType: number) => number;
  readonly setDirection: (handle: Pointer, direction: number) => number;
  readonly datalink: (handle: Pointer) => number;
  readonly selectableFd: (handle: Pointer) => number;
  readonly dispatch: (handle: Pointer, count: number, callback: Pointer, user: Pointer) => number;
  readonly stats: (handle: Pointer, into: Uint32Array) => number;
  readonly lastError: (handle: Pointer) => string;
  readonly statusText: (status: number) => string;
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
    create: lib.func('void* pcap_create(const char*, _Out_ uint8_t*)'),
    openOffline: lib.func('void* pcap_open_offline(const char*, _Out_ uint8_t*)'),
    openDead: lib.func('void* pcap_open_dead(int, int)'),
    setSnaplen: lib.func('int pcap_set_snaplen(void*, int)'),
    setTimeout: lib.func('int pcap_set_timeout(void*, int)'),
    setImmediateMode: lib.func('int pcap_set_immediate_mode(void*, int)'),
    setBufferSize: lib.func('int pcap_set_buffer_size(void*, int)'),
    activate: lib.func('int pcap_activate(void*)'),
    setNonblock: lib.func('int pcap_setnonblock(void*, int, _Out_ uint8_t*)'),
    setDatalink: lib.func('int pcap_set_datalink(void*, int)'),
    setDirection: lib.func('int pcap_setdirection(void*, int)'),
    datalink: lib.func('int pcap_datalink(void*)'),
    selectableFd: lib.func('int pcap_get_selectable_fd(void*)'),
    dispatch: lib.func('int pcap_dispatch(void*, int, void*, void*)'),
    stats: lib.func('int pcap_stats(void*, _Out_ uint32_t*)'),
    lastError: lib.func('const char* pcap_geterr(void*)'),
    statusText: lib.func('const char* pcap_statustostr(int)'),
    close: lib.func('void pcap_close(void*)'),
    dumpFopen: lib.func('void* pcap_dump_fopen(void*, void*)'),
    dumpClose: lib.func('void pcap_dump_close(void*)'),
    dump: lib.symbol('pcap_dump'),
  };
}
