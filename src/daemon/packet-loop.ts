/** Batches of frames through the decoder and into the matcher: the daemon's hot path, which allocates nothing. */

import type { FrameBatch } from '../capture/frame-batch.ts';
import { MAX_PREFETCH } from '../knock/chained-ring.ts';
import { isIpv4 } from '../net/ip-address.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';

export interface PacketLoopOptions {
  /** The matcher's time of a packet from its stamp. */
  readonly timeOf: (seconds: number, microseconds: number) => number;
  /** Judges `count` packets, each at its time; the objects are those of other packets soon after. */
  readonly judge: (packets: readonly PacketFields[], times: Int32Array, count: number) => void;
  /** `-4`: IPv6 is not looked at. */
  readonly onlyIpv4: boolean;
}

export class PacketLoop {
  readonly #options: PacketLoopOptions;
  /** Packets that are decoded and not yet judged. */
  readonly #packets = Array.from({ length: MAX_PREFETCH }, () => new PacketFields());
  readonly #times = new Int32Array(MAX_PREFETCH);

  constructor(options: PacketLoopOptions) {
    this.#options = options;
  }

  take({ view, frames, linkType }: FrameBatch): void {
    const { timeOf, judge, onlyIpv4 } = this.#options;
    const { starts, lengths, seconds, microseconds, count } = frames;
    let waiting = 0;
    for (let i = 0; i < count; i++) {
      const fields = this.#packets[waiting]!;
      if (decodeFrame(view, starts[i]!, lengths[i]!, linkType, fields) !== DECODED) continue;
      if (onlyIpv4 && !isIpv4(fields.src0, fields.src1, fields.src2)) continue;
      this.#times[waiting++] = timeOf(seconds[i]!, microseconds[i]!);
      if (waiting === MAX_PREFETCH) {
        judge(this.#packets, this.#times, waiting);
        waiting = 0;
      }
    }
    if (waiting > 0) judge(this.#packets, this.#times, waiting);
  }
}
