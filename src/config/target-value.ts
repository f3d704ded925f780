/** `Target`: one destination address. Names are refused: what they resolve to would change under the door. */

import { type IpAddress, parseIpAddress } from '../net/ip-address.ts';
import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

export function targetValue(value: Piece, faults: Faults): IpAddress | undefined {
  const address = parseIpAddress(value.text);
  if (address === undefined)
    faults.report(value, `${quote(value.text)} is no IP address`, hintFor(value.text));
  return address;
}

function hintFor(text: string): string {
  if (text.includes('/')) return 'one address is expected, not a network';
  if (text.includes('%')) return "leave out the '%' and the interface after it";
  return 'write an IPv4 or IPv6 address; names are not looked up';
}
