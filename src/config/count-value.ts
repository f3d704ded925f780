/** Whole numbers between two bounds. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export function countValue(
  least: number,
  greatest: number,
): (value: Piece, faults: Faults) => number | undefined {
  return (value, faults) => {
    const count = /^\d{1,15}$/.test(value.text) ? Number(value.text) : Number.NaN;
    if (count >= least && count <= greatest) return count;
    faults.report(
      value,
      `${quote(value.text)} does not fit`,
      `a whole number from ${least} to ${greatest} is expected`,
    );
    return undefined;
  };
}
