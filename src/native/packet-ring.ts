/**
 * Memory that the kernel writes packets to and this process reads in place (packet_mmap in the kernel's documentation,
 * version 2): slots of one size, each the kernel's or ours by the word that it begins with. A packet is there as soon as it came;
 * version 3 hands over blocks, and the last block of a knock only when a timer says so.
 */

import { type FrameList, MAX_FRAMES } from './frame-list.ts';
import { lastErrno, libc } from './libc.ts';
import { koffi, type Pointer } from './library.ts';
import { once } from './once.ts';
import { PACKET_RX_RING, PACKET_VERSION, type PacketSocket } from './packet-socket.ts';

const TPACKET_V2 = 1;
const TP_STATUS_KERNEL = 0;
const TP_STATUS_USER = 1;

/** struct tpacket2_hdr, in 32-bit words: status, length, captured length, offsets, seconds, nanoseconds. */
const CAPTURED_WORD = 2;
const SECONDS_WORD = 4;
const NANOSECONDS_WORD = 5;
/** In 16-bit words: where the link header is, in bytes from the start of the slot. */
const FRAME_HALF = 6;
/** struct sockaddr_ll, behind it. */
const PROTOCOL_AT = 34;
const PACKET_TYPE_AT = 42;
/** A link header as libpcap makes it up (LINKTYPE_LINUX_SLL2), in the room that the kernel leaves before the packet. */
const COOKED_BYTES = 20;
const COOKED_PACKET_TYPE_AT = 10;

/** What the kernel puts before an Ethernet frame. */
const BEFORE_FRAME_BYTES = 66;
/** Slots begin where lines of the processor's cache do: the header is one line, a SYN over IPv4 another. */
const LINE_BYTES = 64;
/** The kernel looks for so much memory in one piece. */
const BLOCK_BYTES = 65_536;

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 2n ** 64n - 1n;

const memory = once(() => ({
  mmap: libc().func<
    (at: null, bytes: number, protection: number, flags: number, fd: number, offset: number) => Pointer | null
  >('void* mmap(void*, size_t, int, int, int, int64_t)'),
  munmap: libc().func<(at: Pointer, bytes: number) => number>('int munmap(void*, size_t)'),
}));

export class PacketRing {
  /** Not to be touched in another turn of the event loop than that of `close`. */
  readonly view: DataView;
  readonly #memory: Pointer;
  readonly #bytes: number;
  readonly #slotBytes: number;
  readonly #words: Int32Array;
  readonly #halves: Uint16Array;
  /** The slot to look at next, and the first one that is read and not given back. */
  #next = 0;
  #given = 0;
  #isClosed = false;
  readonly #fence = new Int32Array(1);

  /**
   * Before the socket is bound.
   * @param bytes rounded down to whole blocks, at least one
   * @returns an errno name: ENOMEM when there is no memory for so many bytes
   */
  static create(socket: PacketSocket, bytes: number, snapLengthBytes: number): PacketRing | string {
    const slotBytes = Math.ceil((BEFORE_FRAME_BYTES + snapLengthBytes) / LINE_BYTES) * LINE_BYTES;
    const blocks = Math.max(1, Math.floor(bytes / BLOCK_BYTES));
    const slots = blocks * Math.floor(BLOCK_BYTES / slotBytes);
    const refused =
      socket.setOption(PACKET_VERSION, TPACKET_V2) ??
      socket.setOption(PACKET_RX_RING, BLOCK_BYTES, blocks, slotBytes, slots);
    if (refused !== undefined) return refused;
    const size = blocks * BLOCK_BYTES;
    const mapped = memory().mmap(null, size, PROT_READ_WRITE, MAP_SHARED, socket.fd, 0);
    return mapped === null || mapped === MAP_FAILED ? lastErrno() : new PacketRing(mapped, size, slotBytes);
  }

  private constructor(mapped: Pointer, bytes: number, slotBytes: number) {
    const buffer = koffi().view(mapped, bytes);
    this.view = new DataView(buffer);
    this.#memory = mapped;
    this.#bytes = bytes;
    this.#slotBytes = slotBytes;
    this.#words = new Int32Array(buffer);
    this.#halves = new Uint16Array(buffer);
  }

  /** Lists what waits, at most MAX_FRAMES. It stays where it is until `giveBack`. */
  list(into: FrameList): number {
    const words = this.#words;
    const halves = this.#halves;
    const limit = this.#countReady();
    let slot = this.#next;
    for (let count = 0; count < limit; count++) {
      const word = slot >> 2;
      into.starts[count] = slot + halves[(slot >> 1) + FRAME_HALF]!;
      into.lengths[count] = words[word + CAPTURED_WORD]!;
      into.seconds[count] = words[word + SECONDS_WORD]!;
      into.microseconds[count] = (words[word + NANOSECONDS_WORD]! / 1000) | 0;
      slot = this.#after(slot);
    }
    into.count = limit;
    this.#next = slot;
    return limit;
  }

  /** Puts the header that says what they are before frames that were listed without a link header. */
  addLinkHeaders({ starts, lengths, count }: FrameList): void {
    const { view } = this;
    for (let i = 0, slot = this.#given; i < count; i++, slot = this.#after(slot)) {
      const at = starts[i]! - COOKED_BYTES;
      view.setUint16(at, view.getUint16(slot + PROTOCOL_AT));
      view.setUint8(at + COOKED_PACKET_TYPE_AT, view.getUint8(slot + PACKET_TYPE_AT));
      starts[i] = at;
      lengths[i]! += COOKED_BYTES;
    }
  }

  /** The kernel may write to the slots of everything listed so far. */
  giveBack(): void {
    if (this.#isClosed) return;
    const words = this.#words;
    let slot = this.#given;
    this.#barrier();
    for (; slot !== this.#next; slot = this.#after(slot)) words[slot >> 2] = TP_STATUS_KERNEL;
    this.#given = slot;
  }

  /** The memory goes with this turn of the event loop, since the reader of a batch may be the one who closes. */
  close(): void {
    this.#isClosed = true;
    setImmediate(() => memory().munmap(this.#memory, this.#bytes));
  }

  /** Slots that are ours, at most MAX_FRAMES. */
  #countReady(): number {
    const words = this.#words;
    let slot = this.#next;
    let count = 0;
    while (count < MAX_FRAMES && (words[slot >> 2]! & TP_STATUS_USER) !== 0) {
      slot = this.#after(slot);
      count++;
    }
    this.#barrier();
    return count;
  }

  /** No access to memory moves across it, on any kind of processor. Atomics on each slot cost a call each. */
  #barrier(): void {
    Atomics.exchange(this.#fence, 0, 0);
  }

  /** Slots do not lie across blocks. */
  #after(slot: number): number {
    let next = slot + this.#slotBytes;
    if ((next & (BLOCK_BYTES - 1)) + this.#slotBytes > BLOCK_BYTES) next = (next | (BLOCK_BYTES - 1)) + 1;
    return next === this.#bytes ? 0 : next;
  }
}
