/** `syn,!ack`: flags that a TCP packet must have and, after `!`, must not have. Bits as in RFC 9293, section 3.1. */

import { ACK, FIN, PSH, RST, SYN, URG } from '../net/tcp-flags.ts';
import type { TcpFlags } from './config.ts';
import type { Faults } from './faults.ts';
import { nearestWord } from './nearest-word.ts';
import { type Piece, splitPiece } from './piece.ts';
import { quote } from './quote.ts';

const FLAG_BITS: ReadonlyMap<string, number> = new Map([
  ['fin', FIN],
  ['syn', SYN],
  ['rst', RST],
  ['psh', PSH],
  ['ack', ACK],
  ['urg', URG],
]);

/** Fits every packet: what a door without `TCPFlags` asks for. */
export const NO_FLAGS: TcpFlags = { mask: 0, value: 0 };

/** Each of the six, and then some repeated. */
const MAX_FLAGS = 32;

export function tcpFlagsValue(value: Piece, faults: Faults): TcpFlags | undefined {
  let wanted = 0;
  let unwanted = 0;
  let isGood = true;
  const elements = splitPiece(value, ',', MAX_FLAGS);
  const surplus = elements[MAX_FLAGS];
  if (surplus !== undefined) {
    faults.report(surplus, 'there are too many flags', 'name each flag once');
    return undefined;
  }
  for (const element of elements) {
    const isNegated = element.text.startsWith('!');
    const bit = FLAG_BITS.get(
      element.text
        .slice(isNegated ? 1 : 0)
        .trim()
        .toLowerCase(),
    );
    if (bit === undefined) {
      isGood = false;
      reportUnknown(element, faults);
    } else if (((isNegated ? wanted : unwanted) & bit) !== 0) {
      isGood = false;
      faults.report(
        element,
        `${quote(element.text)} contradicts an earlier flag`,
        'no packet could ever fit',
      );
    } else if (isNegated) {
      unwanted |= bit;
    } else {
      wanted |= bit;
    }
  }
  return isGood ? { mask: wanted | unwanted, value: wanted } : undefined;
}

/** `syn,!ack`: what `tcpFlagsValue` reads. */
export function flagsText({ mask, value }: TcpFlags): string {
  return [...FLAG_BITS]
    .filter(([, bit]) => (mask & bit) !== 0)
    .map(([name, bit]) => ((value & bit) === 0 ? `!${name}` : name))
    .join(',');
}

function reportUnknown(element: Piece, faults: Faults): void {
  const known = [...FLAG_BITS.keys()];
  if (element.text === '') {
    faults.report(element, 'a flag is missing', `flags are ${known.join(', ')}`);
    return;
  }
  const near = nearestWord(element.text.replace(/^!\s*/, ''), known);
  const hint = /\w[\s|]+!?\w/.test(element.text)
    ? 'separate flags with commas'
    : near === undefined
      ? `flags are ${known.join(', ')}, each may have a '!' before it`
      : `did you mean '${near}'?`;
  faults.report(element, `${quote(element.text)} is no TCP flag`, hint);
}
