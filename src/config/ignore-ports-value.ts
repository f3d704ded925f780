/** `80, 443:tcp, 33434-33534:udp`: ports on which a packet is never a stray. */

import type { IgnoredPorts } from './config.ts';
import type { Faults } from './faults.ts';
import { type Piece, slicePiece, splitPiece, trimPiece } from './piece.ts';
import { quote } from './quote.ts';
import { portOf, protocolOf } from './sequence-value.ts';

/** More than anybody writes by hand; the rest is a range. */
export const MAX_IGNORED_RANGES = 1024;

export function ignorePortsValue(value: Piece, faults: Faults): readonly IgnoredPorts[] | undefined {
  const elements = splitPiece(value, ',', MAX_IGNORED_RANGES);
  const ranges = elements.slice(0, MAX_IGNORED_RANGES).map((element) => portRange(element, faults));
  const surplus = elements[MAX_IGNORED_RANGES];
  if (surplus !== undefined) {
    const hint = `there may be ${MAX_IGNORED_RANGES}; write neighbours as a range, such as 8000-8100`;
    faults.report(surplus, 'there are too many ports', hint);
    return undefined;
  }
  const good = ranges.filter((range) => range !== undefined);
  return good.length === ranges.length ? good : undefined;
}

function portRange(element: Piece, faults: Faults): IgnoredPorts | undefined {
  const colon = element.text.indexOf(':');
  const ports = colon < 0 ? element : trimPiece(slicePiece(element, 0, colon));
  const protocol = colon < 0 ? 'both' : protocolOf(trimPiece(slicePiece(element, colon + 1)), faults);
  const dash = ports.text.indexOf('-');
  const first = portOf(dash < 0 ? ports : trimPiece(slicePiece(ports, 0, dash)), faults);
  const last = dash < 0 ? first : portOf(trimPiece(slicePiece(ports, dash + 1)), faults);
  if (first === undefined || last === undefined || protocol === undefined) return undefined;
  if (last < first) {
    faults.report(ports, `${quote(ports.text)} runs backwards`, `write '${last}-${first}'`);
    return undefined;
  }
  return { first, last, protocol: protocol === 'both' ? undefined : protocol };
}
