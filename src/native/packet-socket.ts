/** Packet sockets (packet(7)): what the kernel's link layer sees. */

import { errnoName } from '../base/op-error.ts';
import { libc } from './libc.ts';
import { koffi } from './library.ts';
import { once } from './once.ts';
import { SOCK_DGRAM, SOCK_RAW, Socket, setSocketOption } from './socket.ts';

const AF_PACKET = 17;
/** No packets, as long as the socket is not bound to a protocol. */
const NO_PROTOCOL = 0;
const ETH_P_ALL = 0x0003;

const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
const SOL_PACKET = 263;
/** struct sock_filter. */
const INSTRUCTION_BYTES = 8;
/** struct sockaddr_ll. */
const ADDRESS_BYTES = 20;

export const PACKET_RX_RING = 5;
export const PACKET_STATISTICS = 6;
export const PACKET_VERSION = 10;
export const PACKET_IGNORE_OUTGOING = 23;

const getsockopt = once(() =>
  libc().func<(fd: number, level: number, option: number, value: Uint32Array, length: Uint32Array) => number>(
    'int getsockopt(int, int, int, _Out_ void*, _Inout_ uint32_t*)',
  ),
);

/**
 * undefined, or the errno name: EPERM without CAP_NET_RAW (packet(7)), EAFNOSUPPORT under systemd's RestrictAddressFamilies.
 * @throws OpError without koffi
 */
export function captureRefusal(): string | undefined {
  libc(); // What keeps it from being loaded is no refusal.
  try {
    new Socket(AF_PACKET, SOCK_RAW, NO_PROTOCOL).close();
    return undefined;
  } catch (error) {
    const code = errnoName(error);
    if (code === undefined) throw error;
    return code;
  }
}

/** Gives nothing until it is bound, so that no packet comes past a filter that is attached before. */
export class PacketSocket extends Socket {
  /** @param withLinkHeader else frames begin at the network header. @throws OpError */
  constructor(withLinkHeader: boolean) {
    super(AF_PACKET, withLinkHeader ? SOCK_RAW : SOCK_DGRAM, NO_PROTOCOL);
  }

  /** @param values 32-bit numbers. @returns an errno name when the kernel refuses */
  setOption(option: number, ...values: readonly number[]): string | undefined {
    return setSocketOption(this.fd, SOL_PACKET, option, new Uint8Array(Uint32Array.from(values).buffer));
  }

  /** The first `count` 32-bit numbers of a value; zeros when the kernel refuses. */
  option(option: number, count: number): Uint32Array {
    return this.#read(SOL_PACKET, option, count);
  }

  /** The errno number that is pending, 0 without one; it is gone by that. */
  takeError(): number {
    return this.#read(SOL_SOCKET, SO_ERROR, 1)[0]!;
  }

  /**
   * Replaces the kernel filter at once; packets already received have passed the one before.
   * @param program an array of struct sock_filter
   * @returns an errno name when the kernel refuses
   */
  attachFilter(program: Uint8Array): string | undefined {
    const fprog = new BigUint64Array(2); // struct sock_fprog: a 16-bit length, padding, a pointer
    new Uint16Array(fprog.buffer)[0] = program.length / INSTRUCTION_BYTES;
    fprog[1] = koffi().address(program);
    return setSocketOption(this.fd, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(fprog.buffer));
  }

  /** Every packet is passed from now on. */
  detachFilter(): void {
    setSocketOption(this.fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4));
  }

  /**
   * From now on all protocols of an interface, or of every one for index 0, are received.
   * @returns an errno name when that is not possible
   */
  bindTo(interfaceIndex: number): string | undefined {
    const address = new Uint8Array(ADDRESS_BYTES);
    const view = new DataView(address.buffer);
    new Uint16Array(address.buffer)[0] = AF_PACKET;
    view.setUint16(2, ETH_P_ALL);
    new Int32Array(address.buffer)[1] = interfaceIndex;
    return this.bind(address);
  }

  #read(level: number, option: number, count: number): Uint32Array {
    const value = new Uint32Array(count);
    getsockopt()(this.fd, level, option, value, Uint32Array.of(value.byteLength));
    return value;
  }
}
