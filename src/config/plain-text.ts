/** What text must not hold before it goes to a log, a shell or a file name. */

import type { Faults } from './faults.ts';
import { type Piece, slicePiece } from './piece.ts';
import { quote } from './quote.ts';

/** Control characters other than the tab, and the mark that the decoder leaves for bytes that are no UTF-8. */
const BAD_IN_VALUE = /[^\P{Cc}\t]|[\p{Cs}\ufffd]/u;

/** In a name also the tab, and what is invisible or turns the text around. */
const BAD_IN_NAME = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

/** False after reporting the first character that a value cannot have. */
export function isPlainValue(value: Piece, faults: Faults): boolean {
  return isPlain(value, BAD_IN_VALUE, faults);
}

/** False after reporting the first character that a name cannot have. */
export function isPlainName(name: Piece, faults: Faults): boolean {
  return isPlain(name, BAD_IN_NAME, faults);
}

function isPlain(piece: Piece, bad: RegExp, faults: Faults): boolean {
  const found = bad.exec(piece.text);
  if (found === null) return true;
  const at = slicePiece(piece, found.index, found.index + found[0].length);
  if (at.text === '\ufffd') {
    faults.report(at, 'this is not UTF-8 text', 'save the file in UTF-8');
  } else {
    faults.report(at, `the character ${quote(at.text)} cannot stand here`, 'remove it: it does not show');
  }
  return false;
}
