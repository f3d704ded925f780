/**
 * The line grammar of knockd.conf: empty lines, `#` lines, `[section]`, `key = value` and keys without a value.
 * There is no comment after a value, no quoting and no continuation: a `#` or `\` is part of the value, as in knockd.
 */

import { type Piece, slicePiece, trimPiece } from './piece.ts';

export type ConfigLine =
  | { readonly kind: 'section'; readonly name: Piece }
  /** A `[` without its `]`. */
  | { readonly kind: 'torn section'; readonly title: Piece }
  /** `value` is undefined when there is no `=`. */
  | { readonly kind: 'entry'; readonly key: Piece; readonly value: Piece | undefined };

/** Every line that says something, in order. Takes any text. */
export function* lexLines(text: string, file: string): Generator<ConfigLine, void, undefined> {
  let line = 0;
  let start = text.startsWith('\ufeff') ? 1 : 0;
  for (let end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    line++;
    const lexed = lexLine({ text: text.slice(start, end < 0 ? text.length : end), file, line, column: 1 });
    if (lexed !== undefined) yield lexed;
  }
}

function lexLine(raw: Piece): ConfigLine | undefined {
  const content = trimPiece(raw);
  const { text } = content;
  if (text === '' || text.startsWith('#')) return undefined;
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) return { kind: 'torn section', title: content };
    return { kind: 'section', name: trimPiece(slicePiece(content, 1, text.length - 1)) };
  }
  const equals = text.indexOf('=');
  if (equals < 0) return { kind: 'entry', key: content, value: undefined };
  return {
    kind: 'entry',
    key: trimPiece(slicePiece(content, 0, equals)),
    value: trimPiece(slicePiece(content, equals + 1)),
  };
}
