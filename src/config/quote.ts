/** Values as messages show them: quoted, on one line, of bounded length, and safe for terminals and logs. */

const MAX_SHOWN = 60;

/** Control, format and surrogate characters, strange spaces, and the mark of a byte that is no UTF-8. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]|[^\P{Zs} ]/gu;

export function quote(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `'${shown.replace(UNPRINTABLE, escapeCharacter)}'`;
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
