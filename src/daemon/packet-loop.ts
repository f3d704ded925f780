/** Batches of frames through the decoder and into the matcher: the daemon's hot path, which allocates nothing. */

import type { FrameBatch } from '../capture/frame-batch.ts';
import { MAX_PREFETCH } from '../knock/chained-ring.ts';
import { isIpv4 } from '../net/ip-address.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';
import type { PacketClock } from './packet-clock.ts';

export interface PacketJudge {
  /** Judges `count` packets, each at its time; the objects are those of other packets soon after. */
  judge(packets: readonly PacketFields[], times: Int32Array, count: number): void;
}

export interface PacketLoopOptions {
  readonly clock: PacketClock;
  readonly judge: PacketJudge;
  /** `-4`: IPv6 is not looked at. */
  readonly onlyIpv4: boolean;
}

export class PacketLoop {
  readonly #options: PacketLoopOptions;
  /** Packets that are decoded and not yet judged. */
  readonly #packets = Array.from({ length: MAX_PREFETCH }, () => new PacketFields());
  readonly #times = new Int32Array(MAX_PREFETCH);
  #waiting = 0;

  constructor(options: PacketLoopOptions) {
    this.#options = options;
  }

  take(batch: FrameBatch): void {
    for (let next = 0; next < batch.frames.count; ) {
      next = this.#decode(batch, next);
      if (this.#waiting > 0) this.#options.judge.judge(this.#packets, this.#times, this.#waiting);
    }
  }

  /** From frame `from` on, as many as are judged at once. Returns the index of the next frame. */
  #decode({ view, frames, linkType }: FrameBatch, from: number): number {
    const { clock, onlyIpv4 } = this.#options;
    const { starts, lengths, seconds, microseconds, count } = frames;
    let waiting = 0;
    let i = from;
    for (; i < count && waiting < MAX_PREFETCH; i++) {
      const fields = this.#packets[waiting]!;
      if (decodeFrame(view, starts[i]!, lengths[i]!, linkType, fields) !== DECODED) continue;
      if (onlyIpv4 && !isIpv4(fields.src0, fields.src1, fields.src2)) continue;
      this.#times[waiting++] = clock.timeOf(seconds[i]!, microseconds[i]!);
    }
    this.#waiting = waiting;
    return i;
  }
}
