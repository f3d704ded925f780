/** `Allow_From = 192.0.2.0/24, 2001:db8::/32`: whose knocks a door takes. */

import { parseIpAddress } from '../net/ip-address.ts';
import {
  formatPrefix,
  hostLength,
  isIpv4Address,
  type Prefix,
  parsePrefix,
  prefixOf,
} from '../net/prefix.ts';
import type { Faults } from './faults.ts';
import { listValue } from './list-value.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

/** Looked through one by one for each sequence that is complete. */
export const MAX_ALLOWED_PREFIXES = 1024;

const FORM_HINT = 'write an IPv4 or IPv6 address, or a network such as 192.0.2.0/24; names are not looked up';

export const allowFromValue = listValue<Prefix>({
  most: MAX_ALLOWED_PREFIXES,
  tooMany: 'there are too many networks',
  hint: `there may be ${MAX_ALLOWED_PREFIXES}; write neighbours as one network`,
  element: prefix,
  keyOf: formatPrefix,
  what: 'network',
});

function prefix(piece: Piece, _: readonly Prefix[], faults: Faults): Prefix | undefined {
  const found = parsePrefix(piece.text);
  if (found === undefined) {
    const what =
      piece.text === '' ? 'a network is missing' : `${quote(piece.text)} is no address and no network`;
    faults.report(piece, what, hintFor(piece.text));
  }
  return found;
}

function hintFor(text: string): string {
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash).trim());
  if (address === undefined) {
    if (text.includes('%')) return "leave out the '%' and the interface after it";
    return /^[\d.:a-f/]+\s+[\d.:a-f/]+$/i.test(text) ? 'separate networks with commas' : FORM_HINT;
  }
  const written = text.slice(slash + 1).trim();
  const length = isIpv4Address(address) && written.includes('.') ? netmaskLength(written) : digits(written);
  const most = hostLength(address);
  if (length === undefined || length > most) {
    return `the length behind the '/' goes from 0 to ${most}`;
  }
  return `write '${formatPrefix(prefixOf(address, length))}'`;
}

function digits(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** Of `255.255.255.0`: 24. */
function netmaskLength(text: string): number | undefined {
  const mask = parseIpAddress(text)?.w3;
  if (mask === undefined) return undefined;
  const length = Math.clz32(~mask);
  return mask === (length === 0 ? 0 : -1 << (32 - length)) ? length : undefined;
}
