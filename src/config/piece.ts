/** Text from a configuration file that still knows where it stands, so that a fault in the middle of a list has its column. */

import type { Place } from './faults.ts';

export interface Piece extends Place {
  readonly text: string;
}

/** The part of `piece` from index `start` up to, not including, `end`. */
export function slicePiece(piece: Piece, start: number, end = piece.text.length): Piece {
  return {
    text: piece.text.slice(start, end),
    file: piece.file,
    line: piece.line,
    column: piece.column + start,
  };
}

/** Without the white space around it. Only that of the C locale counts: a no-break space is part of a value. */
export function trimPiece(piece: Piece): Piece {
  const { text } = piece;
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return slicePiece(piece, start, end);
}

/** The trimmed elements of a list, empty ones included, and no more than `most` + 1: a line may hold millions. */
export function splitPiece(piece: Piece, separator: string, most: number): Piece[] {
  const parts: Piece[] = [];
  let start = 0;
  for (let end = 0; end >= 0 && parts.length <= most; start = end + separator.length) {
    end = piece.text.indexOf(separator, start);
    parts.push(trimPiece(slicePiece(piece, start, end < 0 ? piece.text.length : end)));
  }
  return parts;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
