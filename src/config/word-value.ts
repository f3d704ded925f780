/** One of a few words, case ignored. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export function wordValue<W extends string>(
  words: readonly W[],
): (value: Piece, faults: Faults) => W | undefined {
  return (value, faults) => {
    const word = words.find((known) => known === value.text.toLowerCase());
    if (word !== undefined) return word;
    const quoted = words.map((known) => `'${known}'`);
    const choice = [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].join(' or ');
    faults.report(value, `${quote(value.text)} is not known here`, `${choice} is expected`);
    return undefined;
  };
}
