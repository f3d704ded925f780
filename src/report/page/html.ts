/**
 * HTML that cannot be broken out of: texts are escaped wherever they are put in, only what was made here is not. Characters
 * that would show a text other than it is (controls, changes of direction) become visible.
 */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | undefined | readonly Html[];

/** For the page's own parts. Values go into texts and into attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] ?? '';
  for (const [at, part] of parts.entries()) text += textOf(part) + (strings[at + 1] ?? '');
  return new Html(text);
}

export const NOTHING = new Html('');

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return part.map(({ text }) => text).join('');
}

function escapeText(text: string): string {
  return text.replaceAll(HARMFUL, (c) => ENTITIES[c] ?? '\ufffd');
}

/** Markup, controls, half characters, marks that change the direction of what follows, and invisible ones. */
const HARMFUL =
  /[&<>"'`]|\p{Cc}|\p{Cs}|[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};
