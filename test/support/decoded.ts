/** Decodes one frame for a test and gives the outcome as a value that prints and compares well. */

import { formatWords } from '../../src/net/ip-address.ts';
import { decodeFrame } from '../../src/packet/decode-frame.ts';
import { PacketFields } from '../../src/packet/packet-fields.ts';
import { DECODED, reasonText } from '../../src/packet/reason.ts';
import { viewOf } from './frame-builder.ts';

/** `tcp 10.0.0.1:40000 > 10.0.0.2:7000 flags 2 seq 1`, or the reason why there are no fields. */
export function decoded(linkType: number, bytes: Uint8Array): string {
  const fields = new PacketFields();
  const reason = decodeFrame(viewOf(bytes), 0, bytes.length, linkType, fields);
  return reason === DECODED ? describeFields(fields) : reasonText(reason);
}

export function describeFields(f: PacketFields): string {
  const src = `${formatWords(f.src0, f.src1, f.src2, f.src3)}:${f.srcPort}`;
  const dst = `${formatWords(f.dst0, f.dst1, f.dst2, f.dst3)}:${f.dstPort}`;
  const name = f.protocol === 6 ? 'tcp' : f.protocol === 17 ? 'udp' : `protocol ${f.protocol}`;
  return `${name} ${src} > ${dst} flags ${f.tcpFlags} seq ${f.tcpSeq}`;
}
