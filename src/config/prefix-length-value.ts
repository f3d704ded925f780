/** `Also_Prefix = /64`: how much of an IPv6 address a grant is for. */

import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

/** What one site has (RFC 6177); a shorter prefix would let strangers in. */
const LEAST = 48;
const GREATEST = 128;

export function prefixLengthValue(value: Piece, faults: Faults): number | undefined {
  const [, digits] = /^\/?(\d{1,3})$/.exec(value.text) ?? [];
  const length = digits === undefined ? Number.NaN : Number(digits);
  if (length >= LEAST && length <= GREATEST) return length;
  const hint = `an IPv6 prefix from /${LEAST} to /${GREATEST} is expected, such as /64`;
  faults.report(value, `${quote(value.text)} does not fit`, hint);
  return undefined;
}
