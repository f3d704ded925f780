/** What `npm start` prints, read back: chapters with what was typed, said and found. The other half of story.ts. */

export type Told =
  /** A command as somebody on `host` typed it. */
  | { readonly kind: 'command'; readonly host: string; readonly text: string }
  /** A line that a program on `host` printed. */
  | { readonly kind: 'printed'; readonly host: string; readonly text: string }
  /** A step that went as told. */
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'plain'; readonly text: string };

export interface Chapter {
  readonly number: number;
  readonly title: string;
  readonly told: readonly Told[];
}

/** @param output without colours */
export function readStory(output: string): readonly Chapter[] {
  const chapters: { number: number; title: string; told: Told[] }[] = [];
  for (const line of output.split('\n')) {
    const [, number, title = ''] = /^(\d+)\. (.+)$/.exec(line) ?? [];
    if (number !== undefined) chapters.push({ number: Number(number), title, told: [] });
    // What stands before the first chapter and behind the last one is not part of the story.
    else if (line.startsWith('  ')) chapters.at(-1)?.told.push(toldOf(line.slice(2)));
    else if (/^All \d+ steps/.test(line)) break;
  }
  return chapters;
}

/** The names of steps: what a run has that another one has not is left out. */
export function stepNames(chapters: readonly Chapter[]): readonly string[] {
  return chapters.flatMap(({ told }) =>
    told.flatMap((each) =>
      each.kind === 'step'
        ? [each.text.replace(/[\d.]+ ms/, 'N ms').replace(/(answers|knock): .*/, '$1')]
        : [],
    ),
  );
}

function toldOf(text: string): Told {
  if (text.startsWith('✓ ')) return { kind: 'step', text: text.slice(2) };
  const [, host = '', sign, said = ''] = /^(\w+) +([$|]) (.*)$/.exec(text) ?? [];
  if (sign === '$') return { kind: 'command', host, text: said };
  return sign === '|' ? { kind: 'printed', host, text: said } : { kind: 'plain', text: text.trim() };
}
