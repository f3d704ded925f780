/** One network interface opened for capture, through libpcap. */

import { koffi, type Pointer } from './library.ts';
import { pcap, withErrorBuffer } from './pcap-library.ts';
import type { RecordBuffer } from './record-buffer.ts';
import { setSocketOption } from './socket.ts';

/** libpcap's own name for all interfaces at once. */
export const ANY_DEVICE = 'any';

/** Not used in immediate mode, but libpcap wants one. */
const TIMEOUT_MS = 1;

const DLT_LINUX_SLL2 = 276;
const PCAP_D_IN = 1;

const PCAP_ERROR_NO_SUCH_DEVICE = -5;
const PCAP_ERROR_PERM_DENIED = -8;
const PCAP_ERROR_IFACE_NOT_UP = -9;
const PCAP_ERROR_PROMISC_PERM_DENIED = -11;

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
/** struct sock_filter. */
const INSTRUCTION_BYTES = 8;

export interface CaptureRequest {
  readonly device: string;
  readonly snapLengthBytes: number;
  /** Between kernel and process: it must hold what arrives while the event loop is busy. Resident memory. */
  readonly ringBytes: number;
}

export interface OpenFailure {
  readonly kind: 'missing' | 'down' | 'denied' | 'other';
  /** libpcap's own words. */
  readonly message: string;
}

export interface CaptureStats {
  /** Packets that the kernel filter passed. */
  readonly received: number;
  /** Of those, the ones for which the ring had no room. */
  readonly dropped: number;
}

export class LiveCapture {
  readonly linkType: number;
  readonly fd: number;
  readonly snapLengthBytes: number;
  readonly #handle: Pointer;

  private constructor(handle: Pointer, snapLengthBytes: number) {
    this.#handle = handle;
    this.linkType = pcap().datalink(handle);
    this.fd = pcap().selectableFd(handle);
    this.snapLengthBytes = snapLengthBytes;
  }

  /**
   * Immediate mode: the other one hands over whole blocks of a ring, at most one each millisecond of traffic, and with
   * its 32 blocks loses packets as soon as the process pauses for 32 ms, at 500 packets a second already.
   */
  static open({ device, snapLengthBytes, ringBytes }: CaptureRequest): LiveCapture | OpenFailure {
    const lib = pcap();
    const { value: handle, error } = withErrorBuffer((buffer) => lib.create(device, buffer));
    if (handle === null) return { kind: 'other', message: error };
    lib.setSnaplen(handle, snapLengthBytes);
    lib.setTimeout(handle, TIMEOUT_MS);
    lib.setImmediateMode(handle, 1);
    lib.setBufferSize(handle, ringBytes);
    const status = lib.activate(handle);
    const failure = status < 0 ? failureOf(handle, status) : LiveCapture.#prepare(handle, device);
    if (failure === undefined) return new LiveCapture(handle, snapLengthBytes);
    lib.close(handle);
    return failure;
  }

  static #prepare(handle: Pointer, device: string): OpenFailure | undefined {
    const lib = pcap();
    // An older libpcap stays with cooked v1 headers, which serve as well.
    if (device === ANY_DEVICE) lib.setDatalink(handle, DLT_LINUX_SLL2);
    // For the moment until the filter is attached, which drops outgoing frames by itself.
    lib.setDirection(handle, PCAP_D_IN);
    const { value: status, error } = withErrorBuffer((buffer) => lib.setNonblock(handle, 1, buffer));
    return status < 0 ? { kind: 'other', message: error } : undefined;
  }

  /**
   * Replaces the kernel filter at once; packets already in the ring have passed the one before.
   * @param program an array of struct sock_filter
   * @returns an errno name when the kernel refuses
   */
  attachFilter(program: Uint8Array): string | undefined {
    const native = koffi();
    const fprog = new BigUint64Array(2); // struct sock_fprog: a 16-bit length, padding, a pointer
    new Uint16Array(fprog.buffer)[0] = program.length / INSTRUCTION_BYTES;
    fprog[1] = native.address(program);
    return setSocketOption(this.fd, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(fprog.buffer));
  }

  /** Every packet is passed from now on. */
  detachFilter(): void {
    setSocketOption(this.fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4));
  }

  /**
   * Appends what waits in the ring to the buffer, at most what fits.
   * @returns the number of packets, or libpcap's words for what is wrong
   */
  read(into: RecordBuffer): number | string {
    const lib = pcap();
    const count = lib.dispatch(this.#handle, into.capacity(this.snapLengthBytes), lib.dump, into.dumper);
    return count < 0 ? lib.lastError(this.#handle) : count;
  }

  stats(): CaptureStats {
    const counts = new Uint32Array(3); // struct pcap_stat
    pcap().stats(this.#handle, counts);
    return { received: counts[0]!, dropped: counts[1]! };
  }

  close(): void {
    pcap().close(this.#handle);
  }
}

function failureOf(handle: Pointer, status: number): OpenFailure {
  const lib = pcap();
  const message = lib.lastError(handle) || lib.statusText(status);
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return { kind: 'missing', message };
    case PCAP_ERROR_IFACE_NOT_UP:
      return { kind: 'down', message };
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return { kind: 'denied', message };
    default:
      return { kind: 'other', message };
  }
}
