/** Frames in one piece of memory, sent by one call for many of them: sendmmsg(2) on a packet socket (packet(7)). */

import { lastErrno, libc } from '../src/native/libc.ts';
import { koffi } from '../src/native/library.ts';
import { SOCK_RAW, Socket } from '../src/native/socket.ts';

const AF_PACKET = 17;
/** struct sockaddr_ll. */
const ADDRESS_BYTES = 20;
/** struct mmsghdr and struct iovec where pointers have 64 bits. */
const HEADER_BYTES = 64;
const HEADER_WORDS = HEADER_BYTES / 8;
const VECTOR_BYTES = 16;
const VECTOR_WORDS = VECTOR_BYTES / 8;
/** Words of the header: msg_iov, msg_iovlen. */
const VECTOR_AT = 2;
const VECTOR_COUNT_AT = 3;

/** The queue is full for the moment. */
const FULL = new Set(['EAGAIN', 'ENOBUFS']);

const sendmmsg = libc().func<(fd: number, headers: Uint8Array, count: number, flags: number) => number>(
  'int sendmmsg(int, const void*, unsigned int, int)',
);

export interface Place {
  /** Byte of the memory. */
  readonly at: number;
  readonly length: number;
}

export class FrameMessages {
  readonly #socket = new Socket(AF_PACKET, SOCK_RAW, 0);
  readonly #headers: Uint8Array;
  /** The kernel is only told where these two are. */
  readonly #vectors: BigUint64Array;
  readonly #memory: Uint8Array;

  /** @param memory what lies there when they are sent is what goes out @throws Error */
  constructor(interfaceIndex: number, memory: Uint8Array, places: readonly Place[]) {
    const refused = this.#socket.bind(linkAddress(interfaceIndex));
    if (refused !== undefined) throw new Error(`interface ${interfaceIndex}: ${refused}`);
    this.#memory = memory;
    const headers = new BigUint64Array(places.length * HEADER_WORDS);
    this.#vectors = new BigUint64Array(places.length * VECTOR_WORDS);
    const frames = koffi().address(this.#memory);
    const vectors = koffi().address(this.#vectors);
    for (const [i, { at, length }] of places.entries()) {
      headers[i * HEADER_WORDS + VECTOR_AT] = vectors + BigInt(i * VECTOR_BYTES);
      headers[i * HEADER_WORDS + VECTOR_COUNT_AT] = 1n;
      this.#vectors[i * VECTOR_WORDS] = frames + BigInt(at);
      this.#vectors[i * VECTOR_WORDS + 1] = BigInt(length);
    }
    this.#headers = new Uint8Array(headers.buffer);
  }

  /** How many of the `count` frames from `first` on went out. @throws Error */
  send(first: number, count: number): number {
    const sent = sendmmsg(this.#socket.fd, this.#headers.subarray(first * HEADER_BYTES), count, 0);
    if (sent >= 0) return sent;
    const code = lastErrno();
    if (FULL.has(code)) return 0;
    throw new Error(`the frames cannot be sent: ${code}`);
  }
}

/** No protocol: nothing is received. */
function linkAddress(interfaceIndex: number): Uint8Array {
  const address = new Uint8Array(ADDRESS_BYTES);
  new Uint16Array(address.buffer)[0] = AF_PACKET;
  new Int32Array(address.buffer)[1] = interfaceIndex;
  return address;
}
