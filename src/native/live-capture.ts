/** One network interface opened for capture. What it gives is read where the kernel put it. */

import { getSystemErrorName } from 'node:util';
import { errnoName, messageOf } from '../base/op-error.ts';
import type { FrameList } from './frame-list.ts';
import { PacketRing } from './packet-ring.ts';
import { PACKET_IGNORE_OUTGOING, PACKET_STATISTICS, PacketSocket } from './packet-socket.ts';

/** The name, as libpcap has it, for all interfaces at once. */
export const ANY_DEVICE = 'any';

/** libpcap's link types of what is read here. */
const DLT_EN10MB = 1;
const DLT_LINUX_SLL2 = 276;

export interface CaptureRequest {
  /** 0: every interface. */
  readonly interfaceIndex: number;
  /** Frames begin with Ethernet's header; else the kernel is asked to leave out whatever link header there is. */
  readonly isEthernet: boolean;
  readonly snapLengthBytes: number;
  /** Between kernel and process: it must hold what arrives while the event loop is busy. Resident memory. */
  readonly ringBytes: number;
}

export interface OpenFailure {
  readonly kind: 'missing' | 'down' | 'denied' | 'other';
  /** An errno name, or more words. */
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
  /** The memory that frames lie in. */
  readonly view: DataView;
  readonly #request: CaptureRequest;
  readonly #socket: PacketSocket;
  readonly #ring: PacketRing;
  #received = 0;
  #dropped = 0;

  private constructor(request: CaptureRequest, socket: PacketSocket, ring: PacketRing) {
    this.#request = request;
    this.#socket = socket;
    this.#ring = ring;
    this.linkType = request.isEthernet ? DLT_EN10MB : DLT_LINUX_SLL2;
    this.fd = socket.fd;
    this.snapLengthBytes = request.snapLengthBytes;
    this.view = ring.view;
  }

  /** It gives nothing until `start`: attach the filter in between. */
  static open(request: CaptureRequest): LiveCapture | OpenFailure {
    const socket = openSocket(request.isEthernet);
    if ('kind' in socket) return socket;
    // Kernels before 4.20 refuse; the filter drops outgoing frames by itself.
    socket.setOption(PACKET_IGNORE_OUTGOING, 1);
    const ring = PacketRing.create(socket, request.ringBytes, request.snapLengthBytes);
    if (typeof ring !== 'string') return new LiveCapture(request, socket, ring);
    socket.close();
    return { kind: 'other', message: `no ring of ${request.ringBytes} bytes: ${ring}` };
  }

  /** @returns why nothing will come */
  start(): OpenFailure | undefined {
    const refused = this.#socket.bindTo(this.#request.interfaceIndex);
    const pending = this.#socket.takeError();
    const code = refused ?? (pending === 0 ? undefined : getSystemErrorName(-pending));
    return code === undefined ? undefined : { kind: kindOf(code), message: code };
  }

  /** As PacketSocket.attachFilter. */
  attachFilter(program: Uint8Array): string | undefined {
    return this.#socket.attachFilter(program);
  }

  detachFilter(): void {
    this.#socket.detachFilter();
  }

  /**
   * Lists what waits, at most MAX_FRAMES.
   * @returns the number of frames, which stay where they are until `giveBack`
   */
  read(into: FrameList): number {
    const count = this.#ring.list(into);
    if (count > 0 && !this.#request.isEthernet) this.#ring.addLinkHeaders(into);
    return count;
  }

  /** What was read may be overwritten. */
  giveBack(): void {
    this.#ring.giveBack();
  }

  /** Modulo 2^32. */
  stats(): CaptureStats {
    // struct tpacket_stats: the kernel counts from 0 again after every look.
    const [received = 0, dropped = 0] = this.#socket.option(PACKET_STATISTICS, 2);
    this.#received = (this.#received + received) >>> 0;
    this.#dropped = (this.#dropped + dropped) >>> 0;
    return { received: this.#received, dropped: this.#dropped };
  }

  /** What was read may still be looked at in this turn of the event loop. */
  close(): void {
    this.#ring.close();
    this.#socket.close();
  }
}

function openSocket(isEthernet: boolean): PacketSocket | OpenFailure {
  try {
    return new PacketSocket(isEthernet);
  } catch (error) {
    const code = errnoName(error);
    return { kind: kindOf(code), message: code ?? messageOf(error) };
  }
}

function kindOf(code: string | undefined): OpenFailure['kind'] {
  switch (code) {
    case 'ENODEV':
    case 'ENXIO':
      return 'missing';
    case 'ENETDOWN':
      return 'down';
    case 'EPERM':
    case 'EACCES':
      return 'denied';
    default:
      return 'other';
  }
}
