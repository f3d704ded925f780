/** Lists with commas: every element is read, and every fault in them told. */

import type { Faults } from './faults.ts';
import { type Piece, splitPiece } from './piece.ts';
import { quote } from './quote.ts';

export interface ListRule<T> {
  /** Elements that a list may have. */
  readonly most: number;
  /** What is said of the first one too many, and what to do. */
  readonly tooMany: string;
  readonly hint: string;
  /** Reports its faults itself. `before`: the good elements so far. */
  readonly element: (piece: Piece, before: readonly T[], faults: Faults) => T | undefined;
  /** Elements with one key are one element named twice. */
  readonly keyOf: (element: T) => string;
  /** What an element is: `port`. */
  readonly what: string;
}

/** Undefined where one of the elements has a fault, or there are too many. */
export function listValue<T>(rule: ListRule<T>): (value: Piece, faults: Faults) => readonly T[] | undefined {
  return (value, faults) => {
    const pieces = splitPiece(value, ',', rule.most);
    const good: T[] = [];
    const keys = new Set<string>();
    for (const piece of pieces.slice(0, rule.most)) {
      const element = rule.element(piece, good, faults);
      if (element === undefined) continue;
      const key = rule.keyOf(element);
      if (keys.has(key)) {
        faults.report(piece, `${quote(piece.text)} is named twice`, `name each ${rule.what} once`);
        continue;
      }
      keys.add(key);
      good.push(element);
    }
    const surplus = pieces[rule.most];
    if (surplus !== undefined) faults.report(surplus, rule.tooMany, rule.hint);
    return good.length === pieces.length ? good : undefined;
  };
}
