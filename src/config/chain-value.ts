/** `Chain`: the chain of iptables that rules are inserted into. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { isPlainName } from './plain-text.ts';
import { quote } from './quote.ts';

/** What iptables takes. */
const MAX_CHAIN_BYTES = 28;

const TARGETS = ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'];

export function chainValue(value: Piece, faults: Faults): string | undefined {
  const { text } = value;
  if (!isPlainName(value, faults)) return undefined;
  if (/\s/.test(text)) {
    faults.report(value, `${quote(text)} is no name of a chain`, 'one chain is expected, without spaces');
  } else if (/^[-!]/.test(text)) {
    faults.report(value, `${quote(text)} is no name of a chain`, `it cannot begin with '${text[0]}'`);
  } else if (TARGETS.includes(text)) {
    faults.report(
      value,
      `${quote(text)} is what a rule does, no chain`,
      "write 'INPUT', or a chain of yours",
    );
  } else if (Buffer.byteLength(text) > MAX_CHAIN_BYTES) {
    faults.report(value, `${quote(text)} is too long`, `chains have at most ${MAX_CHAIN_BYTES} bytes`);
  } else {
    return text;
  }
  return undefined;
}
