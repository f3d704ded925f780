/**
 * Texts on a terminal: what may reach it, and how many columns it takes there. Terminals disagree about joined, modified
 * and invisible characters; `printable` leaves those out, so that a width is the sum of its characters' widths.
 */

import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[ -~]*$/;
const BLANKS = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]/gu;
/** They only change how the character before them looks. */
const LOOKS = /[\p{Variation_Selector}\p{Emoji_Modifier}]/gu;
/** Control characters, and format, private, unassigned ones and halves of pairs. */
const UNPRINTABLE = /\p{C}/gu;
/** Marks on the character before, and the later parts of a Hangul syllable. */
const NO_COLUMN = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;

/** One line that a terminal shows as it is: nothing in it moves a cursor, turns the direction or hides. */
export function printable(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replaceAll(BLANKS, ' ').replaceAll(LOOKS, '').replaceAll(UNPRINTABLE, '?');
}

/** The same for a terminal that may not know UTF-8, whose control characters are single bytes from 0x80 on. */
export function printableAscii(text: string): string {
  return printable(text).replaceAll(/[^ -~]/gu, '?');
}

/** Columns. @param text as `printable` gives it */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most so many columns; where something had to go, it ends with the mark. @param text as `printable` gives it */
export function cutText(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text;
  const room = width - textWidth(mark);
  if (room < 0) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > room) break;
    kept += character;
  }
  return kept + mark;
}

function characterWidth(character: string): number {
  return NO_COLUMN.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}
