/** A shell command, kept as it stands; an empty one means that nothing runs. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { isPlainValue } from './plain-text.ts';

/** Linux gives one argument of a program 131,072 bytes; the rest is for addresses in the place of `%IP%`. */
const MAX_COMMAND_BYTES = 65_536;

export function commandValue(value: Piece, faults: Faults): string | undefined {
  if (value.text === '' || !isPlainValue(value, faults)) return undefined;
  if (Buffer.byteLength(value.text) <= MAX_COMMAND_BYTES) return value.text;
  faults.report(
    value,
    'the command is too long',
    `put what exceeds ${MAX_COMMAND_BYTES} bytes into a script`,
  );
  return undefined;
}
