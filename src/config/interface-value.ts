/** `Interface = eth0, wg0 | any | auto`. */

import { fail, ok, type Result } from '../base/result.ts';
import type { Diagnostic, InterfaceChoice } from './config.ts';
import { Faults } from './faults.ts';
import { type Piece, splitPiece } from './piece.ts';
import { isPlainName } from './plain-text.ts';
import { quote } from './quote.ts';

/** IFNAMSIZ of Linux, which counts the closing NUL. */
const MAX_NAME_BYTES = 15;

/** Each has a capture of its own; more are better served by `any`. */
const MAX_INTERFACES = 64;

/** The same from a command line (`-i`). The diagnostic's place says nothing. */
export function parseInterfaceChoice(text: string): Result<InterfaceChoice, Diagnostic> {
  const faults = new Faults();
  const choice = interfaceValue({ text, file: '', line: 0, column: 0 }, faults);
  const [first] = faults.sorted([]);
  return choice !== undefined || first === undefined ? ok(choice ?? { kind: 'default' }) : fail(first);
}

export function interfaceValue(value: Piece, faults: Faults): InterfaceChoice | undefined {
  const elements = splitPiece(value, ',', MAX_INTERFACES);
  if (elements.length === 1) {
    const word = value.text.trim().toLowerCase();
    if (word === 'any' || word === 'auto') return { kind: word };
  }
  const names = new Set<string>();
  let isGood = true;
  for (const element of elements.slice(0, MAX_INTERFACES)) {
    if (!isInterfaceName(element, names, faults)) isGood = false;
    names.add(element.text);
  }
  const surplus = elements[MAX_INTERFACES];
  if (surplus !== undefined) {
    faults.report(
      surplus,
      `there are more than ${MAX_INTERFACES} interfaces`,
      "'any' listens on all of them",
    );
    return undefined;
  }
  return isGood ? { kind: 'named', names: [...names] } : undefined;
}

function isInterfaceName(element: Piece, before: ReadonlySet<string>, faults: Faults): boolean {
  const { text } = element;
  if (!isPlainName(element, faults)) return false;
  if (text === '') {
    faults.report(element, 'an interface is missing', "write 'Interface = eth0, wg0'");
  } else if (/^(any|auto)$/i.test(text)) {
    faults.report(element, `${quote(text)} cannot stand beside others`, 'it must be the only one');
  } else if (/\s/.test(text)) {
    faults.report(element, `${quote(text)} is no interface name`, 'separate interfaces with commas');
  } else if (text.includes('/') || text === '.' || text === '..') {
    faults.report(element, `${quote(text)} is no interface name`, "write the name alone, such as 'eth0'");
  } else if (text.includes(':')) {
    faults.report(element, `${quote(text)} is no interface name`, "leave out the ':' and what follows");
  } else if (Buffer.byteLength(text) > MAX_NAME_BYTES) {
    faults.report(
      element,
      `${quote(text)} is too long`,
      `interface names have at most ${MAX_NAME_BYTES} bytes`,
    );
  } else if (before.has(text)) {
    faults.report(element, `${quote(text)} is named twice`, 'name each interface once');
  } else {
    return true;
  }
  return false;
}
