/** `Mark = 0x1/0x1`: the packet mark of those that are let in, and the bits of it that are ours. */

import type { PacketMark } from './config.ts';
import type { Faults } from './faults.ts';
import { type Piece, slicePiece, trimPiece } from './piece.ts';
import { quote } from './quote.ts';

const GREATEST = 0xffffffff;

/** Without a mask the bits of the value are ours: other bits of a mark may be somebody else's. */
export function markValue(value: Piece, faults: Faults): PacketMark | undefined {
  const slash = value.text.indexOf('/');
  const mark = numberOf(slash < 0 ? value : trimPiece(slicePiece(value, 0, slash)), faults);
  const mask = slash < 0 ? mark : numberOf(trimPiece(slicePiece(value, slash + 1)), faults);
  if (mark === undefined || mask === undefined) return undefined;
  if (mark === 0) {
    faults.report(value, 'a mark of 0 is that of every other packet', "write another, such as '0x1/0x1'");
  } else if ((mark & ~mask) !== 0) {
    faults.report(
      value,
      `${quote(value.text)} has bits outside its mask`,
      `write '${hex(mark)}/${hex(mark)}'`,
    );
  } else {
    return { value: mark, mask };
  }
  return undefined;
}

function numberOf(piece: Piece, faults: Faults): number | undefined {
  const number = /^(?:0x[\da-f]{1,8}|\d{1,10})$/i.test(piece.text) ? Number(piece.text) : Number.NaN;
  if (number <= GREATEST) return number;
  const what = piece.text === '' ? 'a number is missing' : `${quote(piece.text)} is no mark`;
  faults.report(piece, what, 'a number of 32 bits is expected, such as 0x1');
  return undefined;
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
