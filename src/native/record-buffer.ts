/**
 * Memory that libpcap itself writes packets to, so that one foreign call serves a whole batch: `pcap_dump` as the
 * callback of `pcap_dispatch`, writing to a stdio stream whose buffer is this memory. The stream leads to /dev/null
 * and is never flushed: `take` forgets what was read (__fpurge(3)). No callback into JavaScript is involved.
 *
 * A record is what a capture file holds: four 32-bit numbers in this host's byte order (seconds, microseconds,
 * captured length, length on the wire), then the captured bytes.
 */

import { endianness } from 'node:os';
import { OpError } from '../base/op-error.ts';
import { type FrameList, MAX_FRAMES } from './frame-list.ts';
import { libc } from './libc.ts';
import { koffi, type Pointer } from './library.ts';
import { once } from './once.ts';
import { pcap } from './pcap-library.ts';

const RECORD_HEADER_BYTES = 16;
const MICROSECONDS_AT = 4;
const CAPTURED_LENGTH_AT = 8;
const LITTLE = endianness() === 'LE';

const IOFBF = 0;
/** The stream is used by one thread: no lock for each write (__fsetlocking(3)). */
const FSETLOCKING_BYCALLER = 2;
const DLT_EN10MB = 1;

const stdio = once(() => {
  const lib = libc();
  return {
    fopen: lib.func<(path: string, mode: string) => Pointer | null>('void* fopen(const char*, const char*)'),
    setvbuf: lib.func<(file: Pointer, buffer: Pointer, mode: number, bytes: number) => number>(
      'int setvbuf(void*, void*, int, size_t)',
    ),
    setLocking: lib.func<(file: Pointer, type: number) => number>('int __fsetlocking(void*, int)'),
    pending: lib.func<(file: Pointer) => number>('size_t __fpending(void*)'),
    purge: lib.func<(file: Pointer) => void>('void __fpurge(void*)'),
  };
});

export class RecordBuffer {
  /** The memory. Read only the first `lengthBytes` of it. */
  readonly view: DataView;
  /** For `pcap_dispatch`. */
  readonly dumper: Pointer;
  readonly #memory: Pointer;
  readonly #file: Pointer;

  /** @throws OpError */
  constructor(sizeBytes: number) {
    const io = stdio();
    const file = io.fopen('/dev/null', 'w');
    if (file === null) throw new OpError({ op: 'open', target: '/dev/null' });
    this.#file = file;
    this.#memory = koffi().alloc('uint8_t', sizeBytes) as Pointer;
    this.view = new DataView(koffi().view(this.#memory, sizeBytes));
    io.setvbuf(file, this.#memory, IOFBF, sizeBytes);
    io.setLocking(file, FSETLOCKING_BYCALLER);
    this.dumper = openDumper(file);
    io.purge(file); // the file header
  }

  /** Bytes written since the last `clear`. */
  get lengthBytes(): number {
    return stdio().pending(this.#file);
  }

  /** Lists the records from byte `from` on, at most MAX_FRAMES. Returns where the next one is. */
  list(from: number, into: FrameList): number {
    const { view } = this;
    const end = this.lengthBytes;
    let at = from;
    let count = 0;
    for (; count < MAX_FRAMES && at + RECORD_HEADER_BYTES <= end; count++) {
      into.seconds[count] = view.getUint32(at, LITTLE);
      into.microseconds[count] = view.getUint32(at + MICROSECONDS_AT, LITTLE);
      into.lengths[count] = view.getUint32(at + CAPTURED_LENGTH_AT, LITTLE);
      into.starts[count] = at + RECORD_HEADER_BYTES;
      at += RECORD_HEADER_BYTES + into.lengths[count]!;
    }
    into.count = count;
    return at;
  }

  clear(): void {
    stdio().purge(this.#file);
  }

  /** How many records of at most `snapLengthBytes` are sure to fit; at least 1. */
  capacity(snapLengthBytes: number): number {
    return Math.max(1, Math.floor(this.view.byteLength / (snapLengthBytes + RECORD_HEADER_BYTES)));
  }

  /** `view` must not be touched after this. */
  close(): void {
    this.clear();
    pcap().dumpClose(this.dumper);
    koffi().free(this.#memory);
  }
}

/** A dumper is not bound to the capture that it was opened for: what it is opened for here is never read. */
function openDumper(file: Pointer): Pointer {
  const lib = pcap();
  const dead = lib.openDead(DLT_EN10MB, 65_535);
  const dumper = dead === null ? null : lib.dumpFopen(dead, file);
  if (dead !== null) lib.close(dead);
  if (dumper === null) throw new OpError({ op: 'make', target: 'a packet dumper' });
  return dumper;
}
