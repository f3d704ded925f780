/** Membership of the accumulator in a set of ranges, by binary search. */

import { type BpfProgram, JGE_K, type Label } from './bpf-program.ts';
import type { Range } from './port-set.ts';

const END = 2 ** 32;

/** At most twice as many instructions as ranges, of which a packet runs through the logarithm. */
export function testRanges(program: BpfProgram, ranges: readonly Range[], yes: Label, no: Label): Label {
  const borders = ranges.flatMap(({ first, last }) => [first, last + 1]).filter((border) => border < END);
  return search(program, borders, 0, borders.length, yes, no);
}

/** The accumulator is under `borders[high]` and not under `borders[low - 1]`; an odd number of borders below: inside. */
function search(
  program: BpfProgram,
  borders: readonly number[],
  low: number,
  high: number,
  yes: Label,
  no: Label,
): Label {
  if (low === high) return low % 2 === 1 ? yes : no;
  const middle = (low + high) >> 1;
  const above = search(program, borders, middle + 1, high, yes, no);
  const below = search(program, borders, low, middle, yes, no);
  return program.test(JGE_K, borders[middle]!, above, below);
}
