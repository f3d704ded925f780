/**
 * What a frame says, in one object that is written again for every packet: nothing is allocated on the way.
 * All numbers are 32-bit signed integers. Addresses are four words as in net/ip-address.
 * The fields mean something only when the decoder returned `DECODED`.
 */
export class PacketFields {
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  /** 6 TCP, 17 UDP. */
  protocol = 0;
  srcPort = 0;
  dstPort = 0;
  /** Byte 13 of the TCP header; 0 for UDP. */
  tcpFlags = 0;
  /** TCP sequence number; 0 for UDP. */
  tcpSeq = 0;
  /** UDP: where its data starts in the memory that was decoded; both are 0 where not all of it was captured, and for TCP. */
  payloadAt = 0;
  payloadEnd = 0;
}
