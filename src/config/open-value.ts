/** `Open = tcp/22, udp/60000-61000`: the ports that a door opens. */

import { formatPortRange, type PortRange, parsePortRange } from '../net/port-range.ts';
import { MAX_PORT, parsePort, parseProtocol } from '../net/protocol.ts';
import type { Faults } from './faults.ts';
import { listValue } from './list-value.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';

/** Each may be a firewall rule for each knocker; more are a range. */
export const MAX_OPEN_RANGES = 64;

const FORM_HINT = `write tcp/PORT or udp/FIRST-LAST; ports go from 1 to ${MAX_PORT}`;

export const openValue = listValue<PortRange>({
  most: MAX_OPEN_RANGES,
  tooMany: 'there are too many ports',
  hint: `there may be ${MAX_OPEN_RANGES}; write neighbours as a range, such as udp/60000-61000`,
  element: portRange,
  keyOf: formatPortRange,
  what: 'port',
});

function portRange(piece: Piece, before: readonly PortRange[], faults: Faults): PortRange | undefined {
  const range = parsePortRange(piece.text);
  if (range === undefined) {
    const what = piece.text === '' ? 'a port is missing' : `${quote(piece.text)} says no ports to open`;
    faults.report(piece, what, hintFor(piece.text));
    return undefined;
  }
  const other = before.find((each) => overlap(each, range));
  if (other === undefined) return range;
  const what = `${quote(piece.text)} overlaps ${quote(formatPortRange(other))}`;
  faults.report(piece, what, 'name each port once');
  return undefined;
}

/** And are not the same. */
function overlap(a: PortRange, b: PortRange): boolean {
  return (
    a.protocol === b.protocol &&
    (a.first !== b.first || a.last !== b.last) &&
    a.first <= b.last &&
    b.first <= a.last
  );
}

/** What other programs write, turned into what is meant here. */
function hintFor(text: string): string {
  if (text.includes('#')) return 'a comment cannot follow a value: give it a line of its own';
  if (/["']/.test(text)) return 'write the value without quotes';
  const [, ports = '', word] = /^(\d+(?:-\d+)?)(?:[/:](\w+))?$/.exec(text) ?? [];
  const turned = parsePortRange(`${word ?? 'tcp'}/${ports}`);
  if (turned !== undefined) return `write '${formatPortRange(turned)}'`;
  const [, protocol = '', high = '', low = ''] = /^(\w+)\/(\d+)-(\d+)$/.exec(text) ?? [];
  const [first, last] = [parsePort(low), parsePort(high)];
  if (parseProtocol(protocol) !== undefined && first !== undefined && last !== undefined) {
    return `the range runs backwards: write '${protocol}/${first}-${last}'`;
  }
  return /^\S+\/\S+\s+\S/.test(text) ? 'separate ports with commas' : FORM_HINT;
}
