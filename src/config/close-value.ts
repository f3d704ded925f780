/** `Close = ssh, web`: names of doors, in this file or another, that a door closes. */

import type { Faults } from './faults.ts';
import { listValue } from './list-value.ts';
import { nearestWord } from './nearest-word.ts';
import { type Piece, splitPiece } from './piece.ts';
import { isPlainName } from './plain-text.ts';
import { quote } from './quote.ts';

/** All are closed at one match. */
export const MAX_CLOSED_DOORS = 1024;

/** Names compared to find what was meant, in all: unknown names times doors could be any number. */
const MAX_COMPARED = 1_000_000;

export const closeValue = listValue<string>({
  most: MAX_CLOSED_DOORS,
  tooMany: 'there are too many doors to close',
  hint: `there may be ${MAX_CLOSED_DOORS}`,
  element: name,
  keyOf: (name) => name,
  what: 'door',
});

/** A door with `Close`. */
export interface Closer {
  readonly name: string;
  readonly value: Piece;
}

/** Once every door is known. `doors`: by name, whether there is anything to close. */
export function checkClosers(
  closers: readonly Closer[],
  doors: ReadonlyMap<string, boolean>,
  faults: Faults,
): void {
  let comparisonsLeft = MAX_COMPARED;
  for (const closer of closers) {
    for (const piece of splitPiece(closer.value, ',', MAX_CLOSED_DOORS - 1)) {
      if (piece.text === '') continue;
      const found = doors.get(piece.text);
      if (found === undefined) comparisonsLeft -= doors.size;
      const known = comparisonsLeft < 0 || faults.isFull ? [] : doors.keys();
      checkName(piece, closer, found, known, faults);
    }
  }
}

function checkName(
  piece: Piece,
  closer: Closer,
  isClosable: boolean | undefined,
  known: Iterable<string>,
  faults: Faults,
): void {
  if (isClosable === undefined) {
    const near = nearestWord(piece.text, known);
    const hint =
      near === undefined ? 'write what stands between its brackets' : `did you mean ${quote(near)}?`;
    faults.report(piece, `there is no door ${quote(piece.text)}`, hint);
  } else if (piece.text === closer.name) {
    faults.report(piece, `door ${quote(piece.text)} would close itself`, 'name other doors');
  } else if (!isClosable) {
    const hint = "a door that can be closed has 'Open' or 'Stop_Command'";
    faults.report(piece, `door ${quote(piece.text)} has nothing to close`, hint);
  }
}

function name(piece: Piece, _: readonly string[], faults: Faults): string | undefined {
  if (piece.text === '') {
    faults.report(piece, 'the name of a door is missing', 'write names with one comma between them');
    return undefined;
  }
  return isPlainName(piece, faults) ? piece.text : undefined;
}
