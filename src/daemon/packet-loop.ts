/** Batches of frames through the decoder and into the matcher: the daemon's hot path, which allocates nothing. */

import {
  type FrameBatch,
  HOST_IS_LITTLE_ENDIAN,
  RECORD_CAPTURED_AT,
  RECORD_HEADER_BYTES,
  RECORD_MICROSECONDS_AT,
  RECORD_SECONDS_AT,
} from '../capture/frame-batch.ts';
import { isIpv4 } from '../net/ip-address.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED } from '../packet/reason.ts';

export interface PacketLoopOptions {
  /** The matcher's time of a packet from its stamp. */
  readonly timeOf: (seconds: number, microseconds: number) => number;
  /** Judges one packet; the fields are the same object each time. */
  readonly judge: (fields: PacketFields, time: number) => void;
  /** `-4`: IPv6 is not looked at. */
  readonly onlyIpv4: boolean;
}

export class PacketLoop {
  readonly #options: PacketLoopOptions;
  readonly #fields = new PacketFields();

  constructor(options: PacketLoopOptions) {
    this.#options = options;
  }

  take(batch: FrameBatch): void {
    const { timeOf, judge, onlyIpv4 } = this.#options;
    const { view, linkType } = batch;
    const fields = this.#fields;
    for (let i = 0, at = 0; i < batch.count; i++) {
      const length = view.getUint32(at + RECORD_CAPTURED_AT, HOST_IS_LITTLE_ENDIAN);
      const start = at + RECORD_HEADER_BYTES;
      const reason = decodeFrame(view, start, length, linkType, fields);
      if (reason === DECODED && (!onlyIpv4 || isIpv4(fields.src0, fields.src1, fields.src2))) {
        const seconds = view.getUint32(at + RECORD_SECONDS_AT, HOST_IS_LITTLE_ENDIAN);
        const microseconds = view.getUint32(at + RECORD_MICROSECONDS_AT, HOST_IS_LITTLE_ENDIAN);
        judge(fields, timeOf(seconds, microseconds));
      }
      at = start + length;
    }
  }
}
