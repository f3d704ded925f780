/** `7000,8000:udp,9000`: the steps of a knock, in the file's `Sequence` and in one-time files alike. */

import { MAX_PORT, type Protocol, parsePort, parseProtocol } from '../net/protocol.ts';
import type { Step } from './config.ts';
import type { Faults } from './faults.ts';
import { type Piece, slicePiece, splitPiece, trimPiece } from './piece.ts';
import { quote } from './quote.ts';

/** knockd's limit. */
export const MAX_STEPS = 32;

const RANGE_HINT = `ports go from 1 to ${MAX_PORT}`;

/** 1 to 32 steps; undefined after reporting every fault in them. */
export function sequenceValue(value: Piece, faults: Faults): readonly Step[] | undefined {
  const elements = splitPiece(value, ',', MAX_STEPS);
  const steps = elements.slice(0, MAX_STEPS).map((element) => step(element, faults));
  const surplus = elements[MAX_STEPS];
  if (surplus !== undefined) {
    faults.report(surplus, 'there are too many ports', `a sequence has at most ${MAX_STEPS} ports`);
    return undefined;
  }
  const good = steps.filter((given) => given !== undefined);
  return good.length === steps.length ? good : undefined;
}

function step(element: Piece, faults: Faults): Step | undefined {
  const colon = element.text.indexOf(':');
  const port = portOf(colon < 0 ? element : trimPiece(slicePiece(element, 0, colon)), faults);
  const protocol = colon < 0 ? 'tcp' : protocolOf(trimPiece(slicePiece(element, colon + 1)), faults);
  return port === undefined || protocol === undefined ? undefined : { port, protocol };
}

/** Also for ranges of `Ignore_Ports`. */
export function portOf(piece: Piece, faults: Faults): number | undefined {
  const port = parsePort(piece.text.replace(/^0+(?=\d)/, ''));
  if (port === undefined) {
    const what = piece.text === '' ? 'a port is missing' : `${quote(piece.text)} is no port`;
    faults.report(piece, what, portHint(piece.text));
  }
  return port;
}

/** Also for ranges of `Ignore_Ports`. */
export function protocolOf(piece: Piece, faults: Faults): Protocol | undefined {
  const protocol = parseProtocol(piece.text);
  if (protocol === undefined) {
    const what =
      piece.text === ''
        ? "a protocol is missing after the ':'"
        : `${quote(piece.text)} is no protocol that a knock can use`;
    faults.report(piece, what, 'tcp and udp are; without one it is tcp');
  }
  return protocol;
}

function portHint(text: string): string {
  if (text.includes('#')) return 'a comment cannot follow a value: give it a line of its own';
  if (/["']/.test(text)) return 'write the value without quotes';
  if (/^\d+\s+\d/.test(text)) return 'separate ports with commas';
  return RANGE_HINT;
}
