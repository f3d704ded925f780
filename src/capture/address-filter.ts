/** The part of the kernel filter that looks at the destination address. */

import type { IpAddress } from '../net/ip-address.ts';
import { type BpfProgram, JEQ_K, type Label, LD_WORD_ABS } from './bpf-program.ts';
import { testRanges } from './number-filter.ts';

/** Of one family: up to 130 instructions for IPv4, 580 for IPv6. A host with more gets no test of destinations. */
const MAX_ADDRESSES = 64;

/** @param offset of the destination in the packet */
export function testIpv4Address(
  program: BpfProgram,
  addresses: readonly IpAddress[],
  offset: number,
  yes: Label,
  no: Label,
): Label {
  const words = [...new Set(addresses.map(({ w3 }) => w3 >>> 0))].sort((a, b) => a - b);
  if (words.length > MAX_ADDRESSES) return yes;
  if (words.length === 0) return no;
  const ranges = words.map((word) => ({ first: word, last: word }));
  return program.step(testRanges(program, ranges, yes, no), LD_WORD_ABS, offset);
}

/** @param offset of the destination in the packet */
export function testIpv6Address(
  program: BpfProgram,
  addresses: readonly IpAddress[],
  offset: number,
  yes: Label,
  no: Label,
): Label {
  if (addresses.length > MAX_ADDRESSES) return yes;
  if (addresses.length === 0) return no;
  const byLastWord = new Map<number, IpAddress[]>();
  for (const address of addresses) {
    const word = address.w3 >>> 0;
    byLastWord.set(word, [...(byLastWord.get(word) ?? []), address]);
  }
  const heads = [...byLastWord].map(([word, same]) => ({
    word,
    at: testUpperWords(program, same, offset, yes, no),
  }));
  let at = no;
  for (const head of heads) at = program.test(JEQ_K, head.word, head.at, at);
  return program.step(at, LD_WORD_ABS, offset + 12);
}

/** Of addresses that are equal in the last word. */
function testUpperWords(
  program: BpfProgram,
  addresses: readonly IpAddress[],
  offset: number,
  yes: Label,
  no: Label,
): Label {
  let next = no;
  for (const { w0, w1, w2 } of addresses) {
    let at = yes;
    for (const [i, word] of [w0, w1, w2].entries()) {
      at = program.step(program.test(JEQ_K, word >>> 0, at, next), LD_WORD_ABS, offset + i * 4);
    }
    next = at;
  }
  return next;
}
